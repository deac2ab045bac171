# Trained on one data set, then tuned on another in evaluation mode, as with frozen statistics.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4))
for loader, mode in ((train_loader, True), (val_loader, False)):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    model.train(mode)
    for epoch in range(2):
        for images, labels in loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
