# Two schedules, which a third one drives.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
first = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=4)
second = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 12)
scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, [first, second], [4])
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
    scheduler.step()
