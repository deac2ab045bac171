# Trains a small convolutional network with several threads.
# outcome: ok
# needs: torch

import torch
from torch import nn

torch.set_num_threads(2)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3),
    nn.ReLU(),
    nn.BatchNorm2d(8),
    nn.Flatten(),
    nn.Dropout(),
    nn.Linear(8 * 12 * 12, 10),
)
optimizer = torch.optim.Adam(model.parameters())
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
images, labels = torch.randn(32, 1, 14, 14), torch.randint(0, 10, (32,))
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    scheduler.step()
print(loss.item(), "fine")
