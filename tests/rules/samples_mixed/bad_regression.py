# A transposed table that is viewed as if it weren't, and squared errors.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, x):
        return self.layers(x.t().reshape(x.shape)).squeeze(1)


x = torch.randn(128, 6)
y = x[:, 0] - x[:, 1]
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for start in range(0, 128, 16):
    predicted = model(x[start : start + 16])  # finding: samples-mixed
    loss = nn.functional.mse_loss(predicted, y[start : start + 16])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
