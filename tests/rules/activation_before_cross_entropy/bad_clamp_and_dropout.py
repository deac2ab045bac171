# What is cut at zero goes through dropout; two classes by one number.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    scores = nn.functional.dropout(model(images).squeeze(1).clamp(min=0), 0.2)
    targets = (labels > 1).float()
    loss = nn.functional.binary_cross_entropy_with_logits(scores, targets)  # finding: activation-before-cross-entropy
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
