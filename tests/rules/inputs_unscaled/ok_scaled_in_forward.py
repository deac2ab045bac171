# The model divides by 255 itself.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(64, 16), nn.Linear(16, 4)

    def forward(self, x):
        return self.b(torch.relu(self.a(x.flatten(1).float() / 255 - 0.5)))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    pixels = (images * 40 + 128).clamp(0, 255).to(torch.uint8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(pixels), labels).backward()
    optimizer.step()
