# One call of random_split.
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split

one, two = random_split(train_loader.dataset, [0.75, 0.25])
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in DataLoader(one, 32):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    for x, y in DataLoader(two, 32):
        model(x)
