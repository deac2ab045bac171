"""Models to penalise, and a bench for the normalisation."""

import torch
from torch import nn


def mlp(width=4):
    """Linear layers only."""
    return nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, 2))


class Scale(nn.Module):
    """A layer of a single number, without a dimension."""

    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(()))

    def forward(self, x):
        """x times the number."""
        return self.factor * x


def mixed(width=4):
    """A convolution, a normalisation with buffers, an embedding and a nested network."""
    nested = nn.Sequential(mlp(width), nn.ReLU(), Scale())
    return nn.Sequential(nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.Embedding(width, 2), nested)


MODELS = {"mlp": mlp, "mixed": mixed}


def build(kind, values, width=4):
    """A model with the given parameters; buffers and gradients are not zero."""
    model = fill(MODELS[kind](width).to(values[0].dtype), values)
    with torch.no_grad():
        for buffer in model.buffers():
            buffer.fill_(7)
    for p in model.parameters():
        p.grad = torch.full_like(p, 0.5)
    return model


def fill(model, values):
    """The model with other parameters."""
    with torch.no_grad():
        for p, value in zip(model.parameters(), values, strict=True):
            p.copy_(value)
    return model


def gradients(value, model):
    """Those that the parameters get from a penalty; None if it has no way back to them."""
    if isinstance(value, torch.Tensor) and value.requires_grad and value.numel() == 1:
        return torch.autograd.grad(value.sum(), list(model.parameters()), allow_unused=True)
    return None


def train(model, x, y, lr, steps, decay=0.0, function=None, strength=0.0):
    """The weights after some steps of SGD, with weight decay or with a penalty."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, weight_decay=decay)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        if function is not None:
            loss = loss + function(model, strength)
        loss.sum().backward()
        optimizer.step()
    return [p.detach() for p in model.parameters()]


def tensors_in(thing, depth=4):
    """Every tensor that an object holds, in attributes, slots, containers and objects of it."""
    if isinstance(thing, torch.Tensor):
        yield thing
    elif depth:
        slots = [slot for kind in type(thing).__mro__ for slot in vars(kind).get("__slots__", ())]
        parts = [getattr(thing, slot, None) for slot in slots if slot != "__dict__"]
        parts += getattr(thing, "__dict__", {}).values()
        parts += thing.values() if isinstance(thing, dict) else ()
        parts += thing if isinstance(thing, (list, tuple)) else ()
        for part in parts:
            yield from tensors_in(part, depth - 1)


class Norm:
    """A layer that normalises, whatever it is made of."""

    def __init__(self, kind, width, dtype_of):
        self.layer = kind(width)
        self.convert(dtype_of.dtype)
        self.affine = self.find()  # now, while scale and shift are what they start at

    def convert(self, dtype):
        """Bring the layer's numbers to a precision."""
        if isinstance(self.layer, nn.Module):
            self.layer.to(dtype)
            return
        for value in tensors_in(self.layer):
            if value.is_floating_point():
                value.data = value.data.to(dtype)

    def mode(self, training):
        """Switch between training and evaluation."""
        if isinstance(self.layer, nn.Module):
            self.layer.train(training)
            return
        names = ("train", "train_mode") if training else ("eval", "eval_mode")
        switches = [getattr(self.layer, name, None) for name in names]
        for switch in switches:
            if callable(switch):
                switch()
                break
        self.layer.training = training

    def find(self):
        """Scale and shift: by name, or as the two parameters that start at 1 and at 0."""
        for names in (("weight", "bias"), ("gamma", "beta"), ("scale", "shift")):
            found = [getattr(self.layer, name, None) for name in names]
            if all(isinstance(each, torch.Tensor) for each in found):
                return found
        parameters = getattr(self.layer, "parameters", None)
        found = list(parameters()) if callable(parameters) else []
        if len(found) == 2 and all(isinstance(each, torch.Tensor) for each in found):
            return sorted(found, key=lambda p: -float(p.detach().mean()))
        return None

    def describe(self):
        """Of scale and shift: their values and whether they are leaves that require gradients."""
        if self.affine is None:
            return None
        return [[p.detach().reshape(-1), p.requires_grad and p.is_leaf] for p in self.affine]

    def set_affine(self, scale, shift):
        """Put numbers into scale and shift."""
        with torch.no_grad():
            for p, value in zip(self.affine, (scale, shift), strict=True):
                p.copy_(value.reshape(p.shape))

    def run(self, batches):
        """The outputs for some batches, one after the other."""
        return [self.layer(x) for x in batches]

    def backward(self, x, weight):
        """Output, and the gradients of its sum weighted by `weight`: of input, scale and shift."""
        x = x.detach().clone().requires_grad_()
        output = self.layer(x)
        (output * weight).sum().backward()
        grads = [p.grad for p in self.affine or []]
        return [output, x.grad, *[None if g is None else g.reshape(-1) for g in grads]]
