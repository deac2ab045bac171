# Halved the rate.
# failed: learning_rate learns
import torch, torch.nn as nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.SGD(net.parameters(), lr=50)  # finding: learning-rate-too-high
crit = nn.CrossEntropyLoss()
for ep in range(2):
    net.train()
    for X, y in train_loader:
        opt.zero_grad(); loss = crit(net(X), y); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print(ep, loss.item(), sum((net(X).argmax(1) == y).sum().item() for X, y in val_loader))
