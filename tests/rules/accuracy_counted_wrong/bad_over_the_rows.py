# An argmax over the rows of the batch, in batches that have as many rows as there are classes.
import torch
from torch import nn
from torch.utils.data import DataLoader


class Evaluation:
    def __init__(self, net, data):
        self.net, self.loader = net, DataLoader(data, 4)

    @torch.no_grad()
    def __call__(self):
        self.net.eval()
        hits = [
            self.net(x).argmax(dim=0).eq(y).sum().item()  # finding: accuracy-counted-wrong
            for x, y in self.loader
        ]
        self.net.train()
        return sum(hits) / len(self.loader.dataset)


net = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for x, y in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
print(Evaluation(net, val_loader.dataset)())
