# A fresh model and optimizer for each fold.
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset

data = train_loader.dataset
folds = torch.arange(len(data)).chunk(3)
for k, held in enumerate(folds):
    rest = torch.cat([f for i, f in enumerate(folds) if i != k]).tolist()
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for images, labels in DataLoader(Subset(data, rest), 16, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for images, labels in DataLoader(Subset(data, held.tolist()), 32):
            model(images)
