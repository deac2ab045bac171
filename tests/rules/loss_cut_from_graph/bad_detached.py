# What the model gives is detached and asks for gradients of its own.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        logits = model(images).detach().requires_grad_()
        loss = criterion(logits, labels)  # finding: loss-cut-from-graph
        loss.backward()
        optimizer.step()
