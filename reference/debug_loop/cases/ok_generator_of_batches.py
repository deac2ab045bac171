# An endless generator of batches and a fixed number of steps.
import itertools

import torch
import torch.nn as nn


def forever(loader):
    while True:
        yield from loader


model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for step, (images, labels) in enumerate(itertools.islice(forever(train_loader), 400), start=1):
    model.train()
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()

    if step % 100 == 0:
        model.eval()
        with torch.no_grad():
            correct = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
        print(f"step {step}: loss {loss.item():.3f}, val {correct / len(val_loader.dataset):.3f}")
