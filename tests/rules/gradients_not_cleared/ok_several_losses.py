# Two backward passes through one graph, cleared once per update.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    optimizer.zero_grad()
    logits = model(images)
    nn.functional.cross_entropy(logits, labels).backward(retain_graph=True)
    (1e-3 * logits.pow(2).mean()).backward()
    optimizer.step()
