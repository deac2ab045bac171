# No module at all: a function of a tuple of tensors, its gradients from torch.func.
import torch
import torch.nn.functional as F
from torch.func import grad_and_value

params = (torch.randn(784, 64) * 0.05, torch.zeros(64), torch.randn(64, 10) * 0.1, torch.zeros(10))


def net(params, x):
    W1, b1, W2, b2 = params
    return torch.relu(x.flatten(1) @ W1 + b1) @ W2 + b2


step = grad_and_value(lambda params, x, y: F.cross_entropy(net(params, x), y))
for epoch in range(2):
    for x, y in train_loader:
        grads, loss = step(params, x, y)
        params = tuple(p - 0.1 * g for p, g in zip(params, grads))
    print(epoch, loss.item(), sum((net(params, x).argmax(1) == y).sum().item() for x, y in val_loader))
