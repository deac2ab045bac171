# A state that is carried on without its graph.
import torch
from torch import nn

reader, out = nn.GRUCell(64, 8), nn.Linear(8, 4)
optimizer = torch.optim.SGD([*reader.parameters(), *out.parameters()], lr=0.1)
state = torch.zeros(16, 8)
for images, labels in train_loader:
    state = reader(images.flatten(1), state.detach())
    optimizer.zero_grad()
    nn.functional.cross_entropy(out(state), labels).backward()
    optimizer.step()
