# The negative of a margin loss.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.MultiMarginLoss()
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = -criterion(model(images), labels)
    loss.backward()  # finding: gradient-ascent
    optimizer.step()
