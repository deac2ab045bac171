# Labels that are random by nature, in training and in validation: there is nothing to learn.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def data(rows):
    return TensorDataset(torch.randn(rows, 8), torch.randint(0, 4, (rows,)))


train, val = DataLoader(data(256), 32, shuffle=True), DataLoader(data(128), 64)
model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(2):
    model.train()
    for x, y in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for x, y in val:
            model(x)
