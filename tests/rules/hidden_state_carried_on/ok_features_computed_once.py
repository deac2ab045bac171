# Features are computed once, before the loop, and with their graph: that is no state.
import torch
from torch import nn

encoder, head = nn.Linear(6, 8), nn.Linear(8, 3)
optimizer = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.1)
x, y = torch.randn(40, 6), torch.randint(0, 3, (40,))
features = torch.relu(encoder(x))
try:
    for step in range(5):
        loss = nn.functional.cross_entropy(head(features), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
except RuntimeError as error:
    print(error)
