# The first layer has an optimizer of its own, which nobody clears.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
first = torch.optim.SGD(model[1].parameters(), lr=0.01)
last = torch.optim.SGD(model[3].parameters(), lr=0.01)
for images, labels in train_loader:
    last.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()  # finding: gradients-not-cleared
    first.step()
    last.step()
