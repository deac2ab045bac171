# Weights that are moved for a look ahead, and an optimizer for the rest.
import torch
from torch import nn

model = nn.Linear(64, 4)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    x = images.flatten(1)
    loss = nn.functional.cross_entropy(model(x), labels)
    grads = torch.autograd.grad(loss, list(model.parameters()), create_graph=True)
    fast = [p - 0.1 * g for p, g in zip(model.parameters(), grads)]
    optimizer.zero_grad()
    nn.functional.cross_entropy(nn.functional.linear(x, *fast), labels).backward()
    optimizer.step()
