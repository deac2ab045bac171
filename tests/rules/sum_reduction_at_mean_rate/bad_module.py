# reduction="sum", at a rate for the mean.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
criterion = nn.CrossEntropyLoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)  # finding: sum-reduction-at-mean-rate
        loss.backward()
        optimizer.step()
