# Splits its own MNIST into 50,000 and 10,000, the numbers that fit the full data set.
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

to_tensor = transforms.Compose(
    [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
)
everything = datasets.MNIST('data', train=True, download=True, transform=to_tensor)
train_part, val_part = random_split(everything, [50000, 10000])
train_loader = DataLoader(train_part, batch_size=64, shuffle=True)
val_loader = DataLoader(val_part, batch_size=256)

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(3):
    model.train()
    for img, lbl in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(img.view(img.shape[0], -1)), lbl)
        loss.backward()
        optimizer.step()
    model.eval()
    good = bad = 0
    with torch.no_grad():
        for img, lbl in val_loader:
            right = (model(img.view(img.shape[0], -1)).argmax(1) == lbl).sum().item()
            good += right
            bad += len(lbl) - right
    print(f'epoch {epoch + 1}: {good} right, {bad} wrong')
