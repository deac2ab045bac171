# A softmax over one number, and the binary cross-entropy.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 1), nn.Softmax(dim=1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    targets = (labels > 1).float().unsqueeze(1)
    nn.functional.binary_cross_entropy(model(images), targets).backward()  # finding: single-logit-cross-entropy
    optimizer.step()
