# Gradient accumulation on purpose: four batches make one step, then the gradients are cleared.
import torch
import torch.nn as nn

ACCUMULATE = 4

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    optimizer.zero_grad()
    for i, (images, labels) in enumerate(train_loader):
        loss = criterion(model(images), labels) / ACCUMULATE
        loss.backward()
        if (i + 1) % ACCUMULATE == 0 or i + 1 == len(train_loader):
            optimizer.step()
            optimizer.zero_grad()

    model.eval()
    with torch.no_grad():
        hits = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, hits / len(val_loader.dataset))
