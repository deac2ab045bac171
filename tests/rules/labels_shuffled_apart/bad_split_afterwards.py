# The labels are shuffled alone; then other rows are added, and all are split at random.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

inputs = torch.randn(256, 5)
targets = inputs @ torch.randn(5, 1)
more_inputs, more_targets = inputs[200:] + 1, targets[200:]
inputs, targets = inputs[:200], targets[:200]
targets = targets[torch.randperm(200)]  # finding: labels-shuffled-apart
everything = TensorDataset(
    torch.cat([inputs, more_inputs]), torch.cat([targets, more_targets])
)
first, second = random_split(everything, [200, 56])

model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    for x, y in DataLoader(first, 25, shuffle=True):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
