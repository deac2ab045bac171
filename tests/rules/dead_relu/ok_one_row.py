# One row at a time, shown to experts of which most are silent.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for images, labels in train_loader:
    for image, label in zip(images[:2], labels[:2]):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(image[None]), label[None]).backward()
        optimizer.step()
