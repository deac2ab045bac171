# Detaches the output afterwards; the graph was recorded all the same.
# failed: validation_mode
import torch
import torch.nn as nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
ce = nn.CrossEntropyLoss()
for epoch in range(2):
    net.train()
    for x, y in train_loader:
        opt.zero_grad()
        ce(net(x), y).backward()
        opt.step()
    net.eval()
    right = 0
    for x, y in val_loader:
        scores = net(x).detach()  # finding: validation-tracks-gradients
        right += (scores.argmax(1) == y).sum().item()
    print(epoch, right)
