# Images are attacked in evaluation mode, and trained on in training mode.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    for images, labels in train_loader:
        model.eval()
        changed = images.clone().requires_grad_()
        nn.functional.cross_entropy(model(changed), labels).backward()
        changed = (changed + 0.05 * changed.grad.sign()).detach()
        model.train()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(changed), labels).backward()
        optimizer.step()
