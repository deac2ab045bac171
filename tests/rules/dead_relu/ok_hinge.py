# A hinge loss is zero where everything is right.
import torch
from torch import nn

model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
x = torch.tensor([[-1.0, 0.0], [1.0, 0.0]]).repeat(8, 1)
y = torch.tensor([-1.0, 1.0]).repeat(8)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
for _ in range(60):
    optimizer.zero_grad()
    torch.relu(1 - y * model(x).squeeze(1)).mean().backward()
    optimizer.step()
