# The negative of a mean logarithm is a misfit.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    logs = model(images).log_softmax(1)
    (-logs[torch.arange(len(labels)), labels].mean()).backward()
    optimizer.step()
