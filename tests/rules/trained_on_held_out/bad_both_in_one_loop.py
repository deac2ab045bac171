# One loop over the batches of both loaders; only one of them is ever measured.
import itertools

import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    model.train()
    for images, labels in itertools.chain(train_loader, val_loader):
        optimizer.zero_grad()
        outputs = model(images)  # finding: trained-on-held-out
        nn.functional.cross_entropy(outputs, labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, right)
