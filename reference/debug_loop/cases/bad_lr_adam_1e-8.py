# Adam at 1e-8: the loss stands still.
# failed: learning_rate learns
import torch
from torch import nn
from torch.nn import functional as F

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-8)  # finding: learning-rate-too-low
for epoch in range(2):
    net.train()
    for x, y in train_loader:
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        print(epoch, loss.item(), sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader))
