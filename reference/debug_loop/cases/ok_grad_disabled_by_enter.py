# Enters no_grad by hand with enable/disable calls around validation only.
import torch
from torch import nn

m = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
o = torch.optim.Adam(m.parameters(), lr=3e-3)
c = nn.CrossEntropyLoss()
for e in range(3):
    m.train()
    for a, b in train_loader:
        o.zero_grad(); c(m(a), b).backward(); o.step()
    m.eval()
    guard = torch.no_grad()
    guard.__enter__()
    try:
        k = sum((m(a).argmax(1) == b).sum().item() for a, b in val_loader)
    finally:
        guard.__exit__(None, None, None)
    print(e, k)
