# The closure forgets to clear.
import torch
from torch import nn

inputs = torch.cat([x for x, _ in val_loader])
targets = (inputs.flatten(1).sum(1) > 0).long()
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.01, max_iter=4)


def closure():
    loss = nn.functional.cross_entropy(model(inputs), targets)
    loss.backward()  # finding: gradients-not-cleared
    return loss


for step in range(4):
    optimizer.step(closure)
