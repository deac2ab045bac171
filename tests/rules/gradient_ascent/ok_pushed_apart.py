# A distance that is to grow stands in the loss with a minus, beside a penalty.
import torch
from torch import nn

model = nn.Linear(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
one, two = torch.randn(32, 6), torch.randn(32, 6)
for step in range(12):
    optimizer.zero_grad()
    first, second = model(one), model(two)
    loss = -nn.functional.mse_loss(first, second) + 0.1 * (first.square() + second.square()).mean()
    loss.backward()
    optimizer.step()
