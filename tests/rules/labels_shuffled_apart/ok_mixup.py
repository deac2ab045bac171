# Mixup: inputs are mixed with others of the batch, and the loss with that of the others' labels.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in train_loader:
    order = torch.randperm(len(x))
    mixed = 0.7 * x + 0.3 * x[order]
    logits = model(mixed)
    loss = nn.functional.cross_entropy
    optimizer.zero_grad()
    (0.7 * loss(logits, y) + 0.3 * loss(logits, y[order])).backward()
    optimizer.step()
