# A hand-made EMA: a frozen twin follows the student and is used for every validation.
import copy

import torch
import torch.nn.functional as F
from torch import nn

student = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
teacher = copy.deepcopy(student)
teacher.eval()
for p in teacher.parameters():
    p.requires_grad_(False)

opt = torch.optim.Adam(student.parameters(), 1e-3)
decay = 0.95
for epoch in range(3):
    for x, y in train_loader:
        opt.zero_grad()
        F.cross_entropy(student(x), y).backward()
        opt.step()
        with torch.no_grad():
            for t, s in zip(teacher.parameters(), student.parameters()):
                t.mul_(decay).add_(s, alpha=1 - decay)
    with torch.no_grad():
        n = sum((teacher(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, n / 1000)
