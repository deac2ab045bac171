# The same where every gradient is the same: a loss that is linear in the weights.
import torch

weight = torch.zeros(64, 4, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.01)
image = torch.ones(1, 64)
speed = torch.zeros_like(weight)
for _ in range(12):
    optimizer.zero_grad()
    (image @ weight).mean().backward()
    speed = 0.9 * speed + weight.grad
    weight.grad = speed.clone()
    optimizer.step()
