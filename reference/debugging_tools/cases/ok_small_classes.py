# Context manager for the hooks, functional_call on copied weights, tensors of no dimension as numbers.
import contextlib

import torch
from torch.func import functional_call, grad


def gradient_stats(model):
    with_grad = {n: p.grad.detach() for n, p in model.named_parameters() if p.grad is not None}
    return {n: {"mean": g.mean(), "std": g.std(), "norm": g.norm()} for n, g in with_grad.items()}


class Recorder(contextlib.ExitStack):
    def __init__(self, model):
        super().__init__()
        self.outputs = {}
        for name, module in model.named_modules():
            if name and not any(module.children()):
                self.enter_context(self.hooked(name, module))

    @contextlib.contextmanager
    def hooked(self, name, module):
        handle = module.register_forward_hook(
            lambda mod, inp, out: self.outputs.__setitem__(name, out.detach().clone()))
        yield
        handle.remove()


def record_activations(model, x):
    with Recorder(model) as recorder:
        model(x)
    return recorder.outputs


def can_overfit(model, batch):
    x, y = batch
    free = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
    rest = {n: p.detach().clone() for n, p in model.named_parameters() if not p.requires_grad}
    rest |= {n: b.clone() for n, b in model.named_buffers()}

    def loss(free):
        return torch.nn.functional.cross_entropy(functional_call(model, {**free, **rest}, (x,)), y)

    for _ in range(60):
        if (functional_call(model, {**free, **rest}, (x,)).argmax(1) == y).all():
            return True
        slope = grad(loss)(free)
        free = {n: p - 0.2 * slope[n] for n, p in free.items()}
    return False


def weight_deltas(model, step):
    before = [p.detach().clone() for p in model.parameters()]
    step()
    after = [p.detach() for p in model.parameters()]
    names = [n for n, _ in model.named_parameters()]
    return {n: torch.mean(torch.abs(a - b)) for n, a, b in zip(names, after, before)}


def diagnose(history):
    train, val = history["train_loss"], history["val_loss"]
    turned = val[-1] > val[-2] > val[-3]
    match turned, train[-1] < 1, val[-1] < 1:
        case True, _, _:
            return "overfitting starting"
        case _, True, True:
            return "good fit"
        case _, True, False:
            return "overfitting"
    return "underfitting"
