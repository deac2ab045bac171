# The targets are a sigmoid's, of the teacher.
import torch
from torch import nn

teacher, model = nn.Linear(64, 1), nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, _ in train_loader:
    with torch.no_grad():
        targets = teacher(images.flatten(1)).sigmoid()
    optimizer.zero_grad()
    nn.functional.binary_cross_entropy_with_logits(model(images.flatten(1)), targets).backward()
    optimizer.step()
