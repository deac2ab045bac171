# Validates the first epoch in train mode, then dies in the print that follows.
# failed: validation_mode
# outcome: crashed
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(5):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    correct = 0
    for images, labels in val_loader:
        out = model(images)  # finding: validation-in-train-mode, validation-tracks-gradients
        correct += (out.argmax(1) == labels).sum()
    print("epoch " + epoch + " accuracy " + correct)
