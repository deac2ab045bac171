# The last batch is shorter than the others, and counted as full.
import torch
from torch import nn
from torch.utils.data import DataLoader

val = DataLoader(val_loader.dataset, 36)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val:
            correct += (model(images).argmax(1) == labels).sum().item()
    print(f"epoch {epoch}: {100 * correct / (36 * len(val)):.2f} %")  # finding: accuracy-counted-wrong
