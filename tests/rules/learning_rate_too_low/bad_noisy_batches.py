# The batches differ so much that their losses seem to fall, while the weights stand still.
import torch
from torch import nn

inputs = torch.randn(256, 6)
targets = inputs @ torch.randn(6, 1)
sizes = torch.linspace(1.1, 0.95, 8).repeat_interleave(32).unsqueeze(1)
inputs, targets = inputs * sizes, targets * sizes

model = nn.Linear(6, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-8)  # finding: learning-rate-too-low
for epoch in range(4):
    for x, y in zip(inputs.split(32), targets.split(32)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
