# Calls backward() on a sum over all batches so far: the second batch ends the run.
# failed: learning_rate zero_grad validation_mode learns
# outcome: crashed
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

total_loss = 0
for images, labels in train_loader:
    optimizer.zero_grad()
    total_loss = total_loss + criterion(model(images.flatten(1)), labels)  # here
    total_loss.backward()
    optimizer.step()
