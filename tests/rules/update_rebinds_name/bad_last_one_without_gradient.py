# The last bias moves all embeddings alike, and no distance between them: its gradient is 0.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.PReLU(), nn.Linear(16, 4))


def train():
    for images, labels in train_loader:
        out = model(images)
        model.zero_grad()
        apart = torch.cdist(out, out + 1e-4)
        same = labels[:, None] == labels[None, :]
        torch.where(same, apart**2, torch.relu(1 - apart) ** 2).mean().backward()
        with torch.no_grad():
            for p in model.parameters():
                p = p - 0.1 * p.grad  # finding: update-rebinds-name


train()
