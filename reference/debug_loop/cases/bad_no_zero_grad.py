# The gradients are never cleared; everything else is repaired.
# failed: zero_grad learns
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
loss_fn = nn.CrossEntropyLoss()


def train_epoch():
    net.train()
    for x, y in train_loader:
        pred = net(x)
        loss = loss_fn(pred, y)
        loss.backward()  # here  # finding: gradients-not-cleared
        opt.step()
    return loss.item()


@torch.no_grad()
def validate():
    net.eval()
    return sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000


for epoch in range(1):
    print(epoch, train_epoch(), validate())
