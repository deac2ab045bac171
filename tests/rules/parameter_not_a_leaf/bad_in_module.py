# An attribute of a module, converted after it was made.
import torch
from torch import nn

class Shifted(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(64, 4)
        self.shift = torch.zeros(4, dtype=torch.float64, requires_grad=True).float()  # finding: parameter-not-a-leaf

    def forward(self, x):
        return self.out(x.flatten(1)) + self.shift


model = Shifted()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
