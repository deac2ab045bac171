# Weights that were loaded, trained for other classes.
import copy

import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
state = copy.deepcopy(model.state_dict())
state["1.weight"] = 20 * state["1.weight"]
state["3.weight"] = 20 * state["3.weight"]
model.load_state_dict(state)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
