# Both are brought to one shape before they are compared.
import torch
from torch import nn

x = torch.randn(96, 4)
y = (x[:, 0] > 0).float()
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(5):
    logits = model(x)
    loss = nn.functional.binary_cross_entropy_with_logits(logits, y[:, None])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(((logits > 0).float().squeeze(1) == y).float().mean(), ((logits > 0) == y[:, None]).sum())
