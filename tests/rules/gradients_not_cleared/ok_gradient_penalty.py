# Double backward: a penalty on the gradient of the input.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    images = images.clone().requires_grad_()
    loss = nn.functional.cross_entropy(model(images), labels)
    (slope,) = torch.autograd.grad(loss, images, create_graph=True)
    optimizer.zero_grad()
    (loss + slope.pow(2).sum()).backward()
    optimizer.step()
