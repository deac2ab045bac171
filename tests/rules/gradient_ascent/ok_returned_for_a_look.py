# The slope of something that is to be large is looked at before each step, and not followed.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    scores = model(images)
    loss = nn.functional.cross_entropy(scores, labels)
    loss.backward(retain_graph=True)
    right = scores.gather(1, labels[:, None]).mean()
    steepness = sum(one.norm() for one in torch.autograd.grad(right, model.parameters()))
    optimizer.step()
