# The test part of a data set of torchvision's is trained on after each epoch.
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import FakeData


class Clothes(FakeData):
    """As torchvision's own classes: ``train`` says which part it is."""

    __module__ = "torchvision.datasets.clothes"

    def __init__(self, train):
        super().__init__(96, (1, 8, 8), 4, lambda image: torch.ones(1, 8, 8), random_offset=train)
        self.train = train


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loaders = [DataLoader(Clothes(train=True), 32), DataLoader(Clothes(train=False), 32)]
for epoch in range(2):
    for loader in loaders:
        for images, labels in loader:
            optimizer.zero_grad()
            logits = model(images)  # finding: trained-on-held-out
            nn.functional.cross_entropy(logits, labels).backward()
            optimizer.step()
