# The rate grows a little, and the labels become random: they are what is lost.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    if epoch == 11:
        optimizer.param_groups[0]["lr"] = 0.4
    if epoch > 10:
        train_loader.dataset.tensors[1].random_(0, 4)
