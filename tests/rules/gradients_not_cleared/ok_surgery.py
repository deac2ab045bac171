# Gradients of two tasks, projected against each other and written back.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
params = list(model.parameters())
for images, labels in train_loader:
    logits = model(images)
    tasks = [nn.functional.cross_entropy(logits, labels), logits.pow(2).mean()]
    merged = [torch.zeros_like(p) for p in params]
    for task in tasks:
        optimizer.zero_grad()
        task.backward(retain_graph=True)
        for m, p in zip(merged, params):
            m += p.grad
    for m, p in zip(merged, params):
        p.grad = m / 2
    optimizer.step()
