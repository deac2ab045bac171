# A regression whose hidden layer is drawn between -50 and 50.
import torch
from torch import nn

x = torch.randn(128, 6)
y = x[:, :1] - x[:, 1:2]
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
for p in model.parameters():
    nn.init.uniform_(p, -50, 50)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(12):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)  # finding: absurd-initial-weights
    loss.backward()
    optimizer.step()
