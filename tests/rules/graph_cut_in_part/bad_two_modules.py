# Two modules, one optimizer, and .data in between; a sequence.
import torch
from torch import nn

reader = nn.GRU(8, 12, batch_first=True)
out = nn.Linear(12, 4)
optimizer = torch.optim.Adam([*reader.parameters(), *out.parameters()], lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    _, state = reader(images.squeeze(1))  # finding: graph-cut-in-part
    nn.functional.cross_entropy(out(state[-1].data), labels).backward()
    optimizer.step()
