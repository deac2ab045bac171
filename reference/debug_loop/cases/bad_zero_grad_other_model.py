# Clears the gradients of a model that is no longer trained.
# failed: zero_grad learns
import copy

import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
network = copy.deepcopy(model)
optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(3):
    network.train()
    for images, labels in train_loader:
        model.zero_grad()
        loss = criterion(network(images), labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
    network.eval()
    with torch.no_grad():
        n = sum((network(images).argmax(1) == labels).sum().item() for images, labels in val_loader)
    print(epoch, n)
