# Two clouds of points, one after the other, in a class.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, net):
        self.net = net
        self.optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        self.criterion = nn.CrossEntropyLoss()

    def epoch(self, loader):
        for x, y in loader:
            loss = self.criterion(self.net(x), y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


x = torch.cat([torch.randn(100, 2) + 2, torch.randn(100, 2) - 2, torch.randn(100, 2)])
y = torch.arange(3).repeat_interleave(100)
trainer = Trainer(nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 3)))
loader = DataLoader(TensorDataset(x, y), batch_size=20)  # finding: data-sorted
for _ in range(2):
    trainer.epoch(loader)
