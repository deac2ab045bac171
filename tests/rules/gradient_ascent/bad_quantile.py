# A pinball loss, which is the larger of two differences, made as large as it can be.
import torch
from torch import nn

torch.manual_seed(0)
inputs = torch.randn(128, 4)
targets = inputs @ torch.randn(4, 1) + 0.1 * torch.randn(128, 1)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, maximize=True)
for x, y in zip(inputs.split(16), targets.split(16)):
    optimizer.zero_grad()
    apart = y - model(x)
    loss = torch.maximum(0.9 * apart, (0.9 - 1) * apart).mean()
    loss.backward()
    optimizer.step()  # finding: gradient-ascent
