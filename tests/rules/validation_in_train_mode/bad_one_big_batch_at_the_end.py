# Validated once, after all training, as a single tensor from the loader's dataset.
import torch
from torch import nn
from torch.utils.data import DataLoader

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
images, labels = next(iter(DataLoader(val_loader.dataset, batch_size=len(val_loader.dataset))))
with torch.no_grad():
    print((model(images).argmax(1) == labels).float().mean())  # finding: validation-in-train-mode
