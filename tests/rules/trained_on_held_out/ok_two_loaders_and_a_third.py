# Two loaders are trained on in one loop, and a third one is measured on.
import itertools

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
more = TensorDataset(torch.randn(32, 1, 8, 8), torch.randint(4, (32,)))
for epoch in range(3):
    model.train()
    for images, labels in itertools.chain(train_loader, DataLoader(more, batch_size=8)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
