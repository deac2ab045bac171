# Trained on a part, and measured on the held-out part and on all rows.
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset

data = train_loader.dataset
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in DataLoader(Subset(data, range(200)), 20, shuffle=True):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    for loader in (DataLoader(Subset(data, range(200, 256)), 28), DataLoader(data, 64)):
        for x, y in loader:
            model(x)
