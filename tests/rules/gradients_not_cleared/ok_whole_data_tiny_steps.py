# All data in every step, at a rate that changes next to nothing: the gradients are alike.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
batches = list(train_loader)
images = torch.cat([batch for batch, _ in batches])
labels = torch.cat([batch for _, batch in batches])
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
for _ in range(12):
    for p in model.parameters():
        if p.grad is not None:
            p.grad.zero_()
    for part in range(2):
        loss = nn.functional.cross_entropy(model(images[part::2]), labels[part::2])
        (loss / 2).backward()
    optimizer.step()
