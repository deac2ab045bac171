# Squared errors of one-hot targets, each class competing over the rows.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4), nn.Softmax(dim=0))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    targets = nn.functional.one_hot(labels, 4).float()
    nn.functional.mse_loss(model(images), targets).backward()  # finding: softmax-over-batch
    optimizer.step()
