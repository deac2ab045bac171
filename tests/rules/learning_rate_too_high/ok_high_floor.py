# Label smoothing keeps the loss high; training is sound.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
criterion = nn.CrossEntropyLoss(label_smoothing=0.6)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
