# LBFGS evaluates its closure many times within one step.
import torch
from torch import nn

inputs = torch.cat([x for x, _ in train_loader])
torch.manual_seed(1)
targets = (inputs.flatten(1).sum(1) > 0).long()
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 2))
optimizer = torch.optim.LBFGS(model.parameters(), lr=1, max_iter=10)


def closure():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(inputs), targets)
    loss.backward()
    return loss


for step in range(5):
    optimizer.step(closure)
