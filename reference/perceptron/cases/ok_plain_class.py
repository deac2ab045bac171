# No nn.Module at all: a class with two leaves, updated by hand from autograd's gradients.
import torch
import torch.nn.functional as F


class Perceptron:
    def __init__(self, input_dim):
        self.weight = torch.randn(input_dim, 1).mul_(0.5).requires_grad_()
        self.bias = torch.zeros(1, requires_grad=True)

    def score(self, x):
        return x @ self.weight + self.bias

    def __call__(self, x):
        return torch.heaviside(self.score(x).detach(), torch.tensor(0.0))


def or_gate():
    p = Perceptron(2)
    p.weight = torch.ones(2, 1)
    p.bias = torch.tensor([-0.5])
    return p


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    for _ in range(epochs):
        loss = F.softplus((1 - 2 * y) * model.score(X)).mean()
        gw, gb = torch.autograd.grad(loss, [model.weight, model.bias])
        with torch.no_grad():
            model.weight -= lr * gw
            model.bias -= lr * gb
