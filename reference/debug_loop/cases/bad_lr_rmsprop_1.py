# RMSprop with a rate of 1.
# failed: learning_rate learns
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.RMSprop(net.parameters(), lr=1.0)  # finding: learning-rate-too-high
loss_fn = nn.CrossEntropyLoss()
losses = []
for epoch in range(2):
    net.train()
    for x, y in train_loader:
        opt.zero_grad()
        loss = loss_fn(net(x), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    net.eval()
    with torch.inference_mode():
        print(epoch, max(losses), sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader))
