"""The loop of the exercise `debug_loop` as it is handed out: it runs into all five findings."""

import torch
from torch import nn

net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=100)

for epoch in range(5):
    for images, labels in train_loader:
        logits = net(images.view(len(images), -1))
        loss = nn.CrossEntropyLoss(logits, labels)
        loss.backward()
        optimizer.step()

    correct = 0
    for images, labels in val_loader:
        logits = net(images.view(len(images), -1))
        correct += (logits.argmax(1) == labels).sum().item()
    print(f"epoch {epoch + 1}  loss {loss.item():.3f}  accuracy {correct / 1000:.3f}")
