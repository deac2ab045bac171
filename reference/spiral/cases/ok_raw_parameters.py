# Weights as raw parameters, stored (inputs, outputs); Nesterov's momentum written by hand.
import torch
from torch import nn


class SpiralNet(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [2, 16, 8, 1]
        self.weights = nn.ParameterList(
            [nn.Parameter(torch.randn(i, o) * (2 / i) ** 0.5) for i, o in zip(sizes, sizes[1:])])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(o)) for o in sizes[1:]])

    def forward(self, x):
        last = len(self.weights) - 1
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            x = x @ w + b
            if i < last:
                x = x.clamp(min=0)
        return x


def train(model, X, y, epochs, lr=0.05, beta=0.9):
    params = list(model.parameters())
    velocity = [torch.zeros_like(p) for p in params]
    for _ in range(epochs):
        logits = model(X)
        loss = (logits.clamp(min=0) - logits * y + torch.log1p(torch.exp(-logits.abs()))).mean()
        grads = torch.autograd.grad(loss, params)
        with torch.no_grad():
            for p, v, g in zip(params, velocity, grads):
                v.mul_(beta).add_(g)
                p.sub_(lr * (g + beta * v))
