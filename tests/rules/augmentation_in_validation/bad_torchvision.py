# A data set of torchvision's with a random transform for both parts; the newer transforms.
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import FakeData
from torchvision.transforms import v2

change = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.RandomRotation(20), v2.RandomErasing()])
data = FakeData(96, (3, 16, 16), 3, transform=change)
fit = DataLoader(Subset(data, range(64)), batch_size=16, shuffle=True)
check = DataLoader(Subset(data, range(64, 96)), batch_size=16)


def evaluate(net):
    net.eval()
    total = 0.0
    with torch.inference_mode():
        for x, y in check:
            total += F.cross_entropy(net(x), y).item()  # finding: augmentation-in-validation
    return total / len(check)


net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(784, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(3):
    net.train()
    for x, y in fit:
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()
    print(evaluate(net))
