# Loads MNIST itself; validates on its own split without either switch.
# failed: validation_mode
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

full = datasets.MNIST("data", train=True, download=True, transform=transforms.ToTensor())
train_set, val_set = random_split(full, [0.85, 0.15])
train_dl = DataLoader(train_set, batch_size=50, shuffle=True)
val_dl = DataLoader(val_set, batch_size=200)

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    for x, y in train_dl:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    right = 0
    for x, y in val_dl:
        out = model(x)  # finding: validation-in-train-mode, validation-tracks-gradients
        right += (out.argmax(1) == y).sum().item()
    print(epoch, right / len(val_set))
