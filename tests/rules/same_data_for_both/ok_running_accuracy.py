# The accuracy on each training batch, from the very outputs that it is trained by.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    right = 0
    for images, labels in train_loader:
        logits = model(images)
        optimizer.zero_grad()
        nn.functional.cross_entropy(logits, labels).backward()
        optimizer.step()
        right += (logits.argmax(1) == labels).sum().item()
