# Two loaders over one data set: validated each epoch with what is trained on.
import torch
from torch import nn
from torch.utils.data import DataLoader

data = train_loader.dataset
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
validation = DataLoader(data, 64)  # finding: same-data-for-both
for epoch in range(2):
    model.train()
    for images, labels in DataLoader(data, 32, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = 0
        for images, labels in validation:
            right += (model(images).argmax(1) == labels).sum()
    print("validation", right / len(data))
