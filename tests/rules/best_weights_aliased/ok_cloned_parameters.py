# Clones of the parameters are kept, and loaded in the end.
import torch
from torch import nn

model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(40, 3)
y = x.sum(1, keepdim=True)
lowest = None
for step in range(12):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    if lowest is None or loss < lowest:
        lowest = loss.detach()
        kept = {name: value.detach().clone() for name, value in model.named_parameters()}
    loss.backward()
    optimizer.step()
model.load_state_dict(kept)
