# Windows of four, and no window is ever cleared.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    for i, (images, labels) in enumerate(train_loader):
        loss = nn.functional.cross_entropy(model(images), labels) / 4
        loss.backward()  # finding: gradients-not-cleared
        if (i + 1) % 4 == 0:
            optimizer.step()
