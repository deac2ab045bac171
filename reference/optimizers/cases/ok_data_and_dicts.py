# Updates through .data, memories in a dict by id, no shared base.
import math
import torch


class SGD(object):
    def __init__(self, params, lr=0.01):
        self.params, self.lr = [p for p in params], lr

    def step(self):
        for p in self.params:
            if p.grad is not None:
                p.data = p.data - self.lr * p.grad.data

    def zero_grad(self):
        for p in self.params:
            p.grad = None


class Momentum(SGD):
    def __init__(self, params, lr=0.01, beta=0.9):
        super().__init__(params, lr)
        self.beta = beta
        self.velocity = {}

    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            key = id(p)
            if key not in self.velocity:
                self.velocity[key] = torch.clone(p.grad.data)
            else:
                self.velocity[key] = self.velocity[key] * self.beta + p.grad.data
            p.data.add_(self.velocity[key], alpha=-self.lr)


class Adam(SGD):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr)
        self.betas, self.eps = betas, eps
        self.state = {}

    def decay(self, p):
        pass

    def step(self):
        beta1, beta2 = self.betas
        for p in self.params:
            if p.grad is None:
                continue
            self.decay(p)
            state = self.state.setdefault(
                id(p), {"t": 0, "m": torch.zeros_like(p.data), "v": torch.zeros_like(p.data)}
            )
            state["t"] += 1
            state["m"].mul_(beta1).add_(p.grad.data, alpha=1 - beta1)
            state["v"].mul_(beta2).addcmul_(p.grad.data, p.grad.data, value=1 - beta2)
            c1 = 1 - beta1 ** state["t"]
            c2 = 1 - beta2 ** state["t"]
            denom = state["v"].sqrt() / math.sqrt(c2) + self.eps
            p.data.addcdiv_(state["m"], denom, value=-self.lr / c1)


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, lr, betas, eps)
        self.weight_decay = weight_decay

    def decay(self, p):
        p.data -= self.lr * self.weight_decay * p.data
