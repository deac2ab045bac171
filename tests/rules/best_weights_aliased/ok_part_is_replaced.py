# A state is taken, one entry of it is replaced, and it is loaded: most of it is the model's own.
import torch
from torch import nn

model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(40, 3)
y = x.sum(1, keepdim=True)
for step in range(12):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    if step % 4 == 3:
        state = dict(model.named_parameters())
        state["2.bias"] = torch.zeros(1)
        model.load_state_dict(state)
