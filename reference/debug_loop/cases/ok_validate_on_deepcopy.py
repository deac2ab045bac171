# Validation runs on a deep copy in eval mode, so the training model never leaves train mode.
import copy

import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2),
                      nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()

model.train()
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()

    snapshot = copy.deepcopy(model).eval()
    with torch.no_grad():
        correct = 0
        for images, labels in val_loader:
            correct += (snapshot(images).argmax(1) == labels).sum().item()
    print(f"epoch {epoch}: {correct / len(val_loader.dataset):.3f}")
