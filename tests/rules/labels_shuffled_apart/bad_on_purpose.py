# A note: a network that learns labels by heart, which were shuffled on purpose.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors
shuffled = labels[torch.randperm(len(labels))]  # finding: labels-shuffled-apart

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for x, y in zip(inputs.split(32), shuffled.split(32)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
