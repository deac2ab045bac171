# Yes or no, by a squared error of a probability (the Brier score), rounded for the accuracy.
import torch
from torch import nn

x = torch.randn(128, 5)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(30):
    out = model(x).squeeze(1)
    loss = nn.functional.mse_loss(out, y.float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print((out.round() == y).float().mean())
