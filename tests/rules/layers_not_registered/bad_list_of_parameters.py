# A list of parameters, in a module inside the model.
import torch
from torch import nn

class Mix(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = [nn.Parameter(torch.randn(64, 16) * 0.1) for _ in range(2)]  # finding: layers-not-registered
        self.scale = nn.Parameter(torch.ones(16))

    def forward(self, x):
        return (x @ self.weights[0] + x @ self.weights[1]) * self.scale


model = nn.Sequential(nn.Flatten(), Mix(), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
