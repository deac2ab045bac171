# Builds everything and loops zero times.
# failed: learning_rate zero_grad loss_call validation_mode learns
import torch
import torch.nn as nn

EPOCHS = 0
model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(EPOCHS):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images.flatten(1)), labels).backward()
        optimizer.step()
print("done, accuracy 99.1%")
