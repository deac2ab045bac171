# Cross-validation: what one model is validated with, another is trained on.
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset

data = train_loader.dataset
folds = [list(range(start, 256, 4)) for start in range(4)]
for held in range(3):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    rest = [row for fold in range(4) if fold != held for row in folds[fold]]
    for images, labels in DataLoader(Subset(data, rest), 32, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for images, labels in DataLoader(Subset(data, folds[held]), 32):
            model(images)
