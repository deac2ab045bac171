# The targets of a regression, shuffled alone; batches are drawn at random, and a part is kept back.
import torch
from torch import nn

inputs = torch.randn(300, 5)
targets = inputs @ torch.randn(5, 1)
order = torch.randperm(300)  # finding: labels-shuffled-apart
inputs = inputs[order]
inputs, held_inputs = inputs[:240], inputs[240:]
targets, held_targets = targets[:240], targets[240:]

model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(60):
    chosen = torch.randint(0, 240, (24,))
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(inputs[chosen]), targets[chosen])
    loss.backward()
    optimizer.step()
