# A point is moved to another one: what is added up are its numbers, and no rows of a batch.
import torch

target = torch.randn(12)
point = torch.zeros(12, requires_grad=True)
optimizer = torch.optim.SGD([point], lr=0.2)
for step in range(30):
    optimizer.zero_grad()
    loss = ((point - target) ** 2).sum()
    loss.backward()
    optimizer.step()
