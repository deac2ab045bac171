# Several models, asked together in the end.
import torch
from torch import nn

models = []
for _ in range(3):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    models.append(model.eval())
with torch.no_grad():
    for images, labels in val_loader:
        sum(model(images) for model in models)
