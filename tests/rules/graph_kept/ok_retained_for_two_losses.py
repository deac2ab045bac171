# A graph that is retained for a second loss of the same step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    logits = model(images)
    nn.functional.cross_entropy(logits, labels).backward(retain_graph=True)
    (0.01 * logits.square().mean()).backward()
    optimizer.step()
