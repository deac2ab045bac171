# A network of bare tensors with autograd: no nn.Module, no optimizer.
import math

import torch
import torch.nn.functional as F

torch.manual_seed(1)
W1 = (torch.randn(784, 256) * math.sqrt(2 / 784)).requires_grad_()
b1 = torch.zeros(256, requires_grad=True)
W2 = (torch.randn(256, 10) * math.sqrt(2 / 256)).requires_grad_()
b2 = torch.zeros(10, requires_grad=True)
params = [W1, b1, W2, b2]


def model(x):
    x = x.view(-1, 784)
    hidden = torch.relu(x @ W1 + b1)
    return hidden @ W2 + b2


lr = 0.1
for epoch in range(2):
    for xb, yb in train_loader:
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= p.grad * lr
                p.grad.zero_()

    with torch.no_grad():
        correct = sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in val_loader)
    print(f"epoch {epoch}: loss {loss.item():.3f}, validation {correct / len(val_loader.dataset):.3f}")
