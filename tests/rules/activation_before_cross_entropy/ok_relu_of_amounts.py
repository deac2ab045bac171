# Amounts are never negative: a ReLU before a squared error, and a sigmoid before the plain one.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    amount, sure = model(images).unbind(1)
    loss = nn.functional.mse_loss(amount.relu(), labels.float())
    loss = loss + nn.functional.binary_cross_entropy(sure.sigmoid(), (labels > 1).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
