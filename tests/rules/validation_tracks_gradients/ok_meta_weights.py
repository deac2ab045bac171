# Validation loss that is a training signal: weights of the samples learn from it.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
weight = torch.zeros(4, requires_grad=True)
optimizer = torch.optim.SGD([*model.parameters(), weight], lr=0.1)
for (images, labels), (xv, yv) in zip(train_loader, val_loader):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images) + weight, labels)
    (loss + nn.functional.cross_entropy(model(xv), yv)).backward()
    optimizer.step()
