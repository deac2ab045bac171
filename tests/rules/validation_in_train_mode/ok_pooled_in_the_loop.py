# Images are pooled in the loop; training data is looked at in training mode, validation data not.
import torch
from torch import nn
from torch.nn import functional as F

model = nn.Sequential(nn.Flatten(), nn.Linear(16, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(F.avg_pool2d(images, 2)), labels).backward()
        optimizer.step()
    with torch.no_grad():
        for images, labels in train_loader:
            model(F.avg_pool2d(images, 2))
        model.eval()
        for images, labels in val_loader:
            model(F.avg_pool2d(images, 2))
