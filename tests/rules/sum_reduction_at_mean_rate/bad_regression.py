# Squared errors are added up, by a function, over the whole table.
import torch
from torch import nn

x = torch.randn(64, 6)
y = x[:, :1] - 2 * x[:, 1:2]
model = nn.Linear(6, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(40):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y, reduction="sum")  # finding: sum-reduction-at-mean-rate
    loss.backward()
    optimizer.step()
