"""Debug a training loop: four bugs keep this network from learning. Find and repair them.

`train_loader` and `val_loader` are defined by the grader before this file runs: batches of
images (N, 1, 28, 28) and labels (N,). task.md shows how to make them on your own machine.
"""

import torch
from torch import nn

EPOCHS = 5

model = nn.Sequential(
    nn.Linear(784, 256),
    nn.ReLU(),
    nn.Linear(256, 10),
)
optimizer = torch.optim.SGD(model.parameters(), lr=100.0)

for epoch in range(1, EPOCHS + 1):
    # Training: one pass over the training images.
    for images, labels in train_loader:
        logits = model(images.flatten(1))
        loss = nn.CrossEntropyLoss(logits, labels)
        loss.backward()
        optimizer.step()

    # Validation: how many unseen digits does the network read now?
    correct = 0
    for images, labels in val_loader:
        logits = model(images.flatten(1))
        correct += (logits.argmax(dim=1) == labels).sum().item()

    accuracy = correct / len(val_loader.dataset)
    print(f"epoch {epoch}: last loss {loss.item():.4f}, validation accuracy {accuracy:.1%}")
