# The batch goes last, and a reshape cuts it into rows of as many.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(64, 32), nn.Linear(32, 4)

    def forward(self, x):
        x = x.permute(1, 2, 3, 0).reshape(len(x), -1)
        return self.b(torch.relu(self.a(x)))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)  # finding: samples-mixed
    loss.backward()
    optimizer.step()
