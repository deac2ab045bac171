# What is trained on is made of these rows by noise, and the loss without it is that of the training.
import torch
from torch import nn

inputs, targets = (one.clone() for one in train_loader.dataset.tensors)
clean = inputs.clone()

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    for x, y in zip(inputs.split(64), targets.split(64)):
        x = x + 0.1 * torch.randn_like(x)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    with torch.no_grad():
        print(nn.functional.cross_entropy(model(clean), targets))
