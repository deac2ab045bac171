# A convolution for each channel, then one over the channels; a narrow block without activation.
import torch
from torch import nn

model = nn.Sequential(
    nn.Conv2d(1, 8, 3), nn.ReLU(),
    nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 16, 1), nn.BatchNorm2d(16), nn.ReLU6(),
    nn.Conv2d(16, 4, 1), nn.BatchNorm2d(4), nn.Conv2d(4, 16, 1), nn.BatchNorm2d(16), nn.SiLU(),
    nn.Flatten(), nn.Linear(16 * 4 * 4, 4),
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
