# A note: the sum at a rate for means, which does no harm to this model.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
criterion = nn.CrossEntropyLoss(reduction="sum")
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()  # finding: sum-reduction-at-mean-rate
        optimizer.step()
