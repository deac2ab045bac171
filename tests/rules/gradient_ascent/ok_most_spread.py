# The direction along which the data is spread most: a square that is to grow.
import torch

points = torch.randn(200, 4) * torch.tensor([3.0, 1.0, 0.5, 0.2])
centre = points.mean(0)
direction = torch.randn(4, requires_grad=True)
optimizer = torch.optim.SGD([direction], lr=0.05)
for step in range(50):
    unit = direction / direction.norm()
    optimizer.zero_grad()
    loss = -(((points - centre) @ unit) ** 2).mean()
    loss.backward()
    optimizer.step()
