# A hand-written update with a giant rate.
# failed: learning_rate learns
import torch
import torch.nn as nn
import torch.nn.functional as F

step_size = 50.0
model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

for epoch in range(2):
    model.train()
    for x, y in train_loader:
        model.zero_grad()
        loss = F.cross_entropy(model(x.flatten(1)), y)
        loss.backward()  # finding: learning-rate-too-high
        with torch.no_grad():
            for p in model.parameters():
                p -= step_size * p.grad
    model.eval()
    with torch.no_grad():
        n = sum((model(x.flatten(1)).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, loss.item(), n)
