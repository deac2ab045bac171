# Weights that are taken and loaded in one line, beside those of a checkpoint: nothing was kept.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
print(model.load_state_dict(model.state_dict()))
other = nn.Linear(64, 4)
model.load_state_dict({**model.state_dict(), "1.bias": other.bias})
