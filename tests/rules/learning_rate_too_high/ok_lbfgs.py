# LBFGS at its customary rate of 1, many evaluations per step.
import torch
from torch import nn

x, y = train_loader.dataset.tensors
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 4))
optimizer = torch.optim.LBFGS(model.parameters(), lr=1.0, max_iter=5)


def closure():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    return loss


for step in range(8):
    optimizer.step(closure)
