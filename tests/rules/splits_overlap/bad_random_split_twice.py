# random_split is called twice: the second draw knows nothing of the first.
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split

data = train_loader.dataset


def part(which):
    return random_split(data, [0.75, 0.25])[which]


def evaluate(model, loader):
    model.eval()
    with torch.no_grad():
        return sum((model(x).argmax(1) == y).sum() for x, y in loader)  # finding: splits-overlap


train, val = DataLoader(part(0), 32), DataLoader(part(1), 32)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in train:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
print(evaluate(model, val))
