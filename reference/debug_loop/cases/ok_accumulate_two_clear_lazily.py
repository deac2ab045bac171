# Accumulates pairs of batches and empties the gradients at the start of each new pair.
import torch
from torch import nn
from torch.nn import functional as F

net = nn.Sequential(nn.Linear(28 * 28, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
every = 2

for ep in range(3):
    net.train()
    for step, batch in enumerate(train_loader):
        if step % every == 0:
            opt.zero_grad(set_to_none=False)
        x, y = batch
        out = net(x.reshape(-1, 784))
        (F.cross_entropy(out, y) / every).backward()
        if step % every == every - 1:
            opt.step()
    net.eval()
    right = n = 0
    with torch.no_grad():
        for x, y in val_loader:
            right += (net(x.reshape(-1, 784)).max(1)[1] == y).sum().item()
            n += y.numel()
    print('epoch %d val acc %.3f' % (ep, right / n))
