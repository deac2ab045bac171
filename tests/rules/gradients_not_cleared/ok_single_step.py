# One step only: there is no earlier one to leave anything.
import torch
from torch import nn

model = nn.Linear(64, 4)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
images, labels = next(iter(train_loader))
nn.functional.cross_entropy(model(images.flatten(1)), labels).backward()
optimizer.step()
