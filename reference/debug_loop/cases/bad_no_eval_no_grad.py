# Validation neither switches to eval mode nor turns gradients off; the rest is repaired.
# failed: validation_mode
import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

for epoch in range(2):
    for images, labels in train_loader:
        images = images.view(images.shape[0], -1)
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    correct = 0
    for images, labels in val_loader:
        x = images.view(images.shape[0], -1)
        out = model(x)  # finding: validation-in-train-mode, validation-tracks-gradients
        correct += (out.argmax(1) == labels).sum().item()
    print("epoch", epoch, "accuracy", correct / len(val_loader.dataset))
