# Batch normalisation and a contrastive loss look across the batch, on purpose.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(64), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    views = torch.cat([images, images + 0.1 * torch.randn_like(images)])
    z = nn.functional.normalize(model(views), dim=1)
    alike = (z @ z.T / 0.5).masked_fill(torch.eye(len(z), dtype=torch.bool), -1e9)
    other = torch.arange(len(z)).roll(len(images))
    optimizer.zero_grad()
    nn.functional.cross_entropy(alike, other).backward()
    optimizer.step()
