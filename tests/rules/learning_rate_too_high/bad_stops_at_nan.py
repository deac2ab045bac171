# The loop stops by itself when the loss is not finite.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=1e4, momentum=0.9)  # finding: learning-rate-too-high
for epoch in range(5):
    for images, labels in train_loader:
        loss = nn.functional.cross_entropy(model(images), labels)
        if not torch.isfinite(loss):
            raise SystemExit
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
