# Noise and weight decay by hand, and a clip by value, between the pass and the step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad(set_to_none=False)
    nn.functional.cross_entropy(model(images), labels).backward()
    for p in model.parameters():
        p.grad += 0.01 * torch.randn_like(p) + 1e-3 * p.detach()
        p.grad.clamp_(-0.1, 0.1)
    optimizer.step()
