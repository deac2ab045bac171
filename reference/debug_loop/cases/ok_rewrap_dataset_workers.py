# Wraps the data sets of the given loaders into its own loaders with workers.
import torch
import torch.nn as nn
from torch.utils.data import DataLoader

fast_train = DataLoader(train_loader.dataset, batch_size=32, shuffle=True, num_workers=2,
                        drop_last=True, pin_memory=False, persistent_workers=True)
fast_val = DataLoader(val_loader.dataset, batch_size=500, num_workers=2)

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in fast_train:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        good = sum((model(i).argmax(1) == l).sum().item() for i, l in fast_val)
    print(epoch, good / len(fast_val.dataset))
