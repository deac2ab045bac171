# inference_mode as a decorator on a method of the model.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 16)
        self.drop = nn.Dropout(0.3)
        self.fc2 = nn.Linear(16, 4)

    def forward(self, x):
        return self.fc2(self.drop(self.fc1(x.flatten(1)).relu()))

    @torch.inference_mode()
    def accuracy(self, loader):
        self.eval()
        hits = [(self(x).argmax(1) == y).float().mean() for x, y in loader]
        self.train()
        return torch.stack(hits).mean()


net = Net()
optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
    net.accuracy(val_loader)
