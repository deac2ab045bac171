# A note: nothing tells the second loader from the first but that it isn't shuffled.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    right = 0
    for images, labels in val_loader:
        scores = model(images)  # finding: trained-on-held-out
        optimizer.zero_grad()
        nn.functional.cross_entropy(scores, labels).backward()
        optimizer.step()
        right += (scores.argmax(1) == labels).sum().item()
    print(epoch, right / len(val_loader.dataset))
