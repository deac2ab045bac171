# Raw scores for the loss; the sigmoid for what is counted.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
right = 0
for images, labels in train_loader:
    scores, targets = model(images).squeeze(1), (labels > 1).float()
    loss = nn.functional.binary_cross_entropy_with_logits(scores, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    right += ((scores.sigmoid() > 0.5) == targets.bool()).sum().item()
