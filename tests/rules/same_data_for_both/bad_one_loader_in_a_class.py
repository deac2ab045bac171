# The same loader is handed in twice.
import torch
from torch import nn


class Fit:
    def __init__(self, net, train, val):
        self.net, self.train, self.val = net, train, val
        self.best = 0.0

    def accuracy(self):
        self.net.eval()
        right = total = 0
        with torch.inference_mode():
            for x, y in self.val:
                right += int((self.net(x).argmax(-1) == y).sum())  # finding: same-data-for-both
                total += len(y)
        self.net.train()
        return right / total

    def __call__(self, epochs):
        optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        for _ in range(epochs):
            for x, y in self.train:
                optimizer.zero_grad(set_to_none=True)
                nn.functional.cross_entropy(self.net(x), y).backward()
                optimizer.step()
            self.best = max(self.best, self.accuracy())


Fit(nn.Sequential(nn.Flatten(), nn.Linear(64, 4)), train_loader, train_loader)(2)
