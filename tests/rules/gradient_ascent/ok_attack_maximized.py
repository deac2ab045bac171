# An optimizer changes an input so that a model takes it for something else; the model stays.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)).requires_grad_(False)
image = torch.randn(4, 8)
label = model(image).argmax(1)
image.requires_grad_()
optimizer = torch.optim.SGD([image], lr=0.5, maximize=True)
for step in range(20):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(image), label)
    loss.backward()
    optimizer.step()
