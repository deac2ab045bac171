# Nothing ever clears.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(2):
    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
