# A class of slots, with its statistics in an object of their own.
import functools
import operator

import torch


def total(of, model):
    return functools.reduce(operator.add, map(of, model.parameters()))


def l1_regularization(model, lambda_l1):
    return lambda_l1 * total(lambda p: torch.linalg.vector_norm(p, 1), model)


def l2_regularization(model, lam):
    return lam * total(lambda p: torch.einsum("i,i->", p.flatten(), p.flatten()), model)


class Statistics:
    def __init__(self, size):
        self.of = {"mean": torch.zeros(size), "var": torch.ones(size)}

    def follow(self, **batch):
        for name, value in batch.items():
            self.of[name] = torch.lerp(self.of[name], value.detach(), 0.1)


class ManualBatchNorm1d:
    __slots__ = ("gamma", "beta", "past", "training")

    def __init__(self, num_features):
        self.gamma = torch.ones(num_features, requires_grad=True)
        self.beta = torch.zeros(num_features, requires_grad=True)
        self.past = Statistics(num_features)
        self.training = True

    def parameters(self):
        yield from (self.gamma, self.beta)

    def __call__(self, x):
        match self.training:
            case True:
                var, mean = torch.var_mean(x, 0, correction=0)
                self.past.follow(mean=mean, var=x.var(0))
            case _:
                mean, var = self.past.of.values()
        return torch.addcmul(self.beta, self.gamma, (x - mean) * torch.rsqrt(var + 1e-5))
