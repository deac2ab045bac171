# A hinge loss instead of cross-entropy.
import torch
import torch.nn as nn

clf = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
hinge = nn.MultiMarginLoss()
opt = torch.optim.SGD(clf.parameters(), lr=0.3, momentum=0.9)
for epoch in range(4):
    clf.train()
    for x, y in train_loader:
        opt.zero_grad()
        hinge(clf(x), y).backward()
        opt.step()
    clf.eval()
    with torch.no_grad():
        print(epoch, sum((clf(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
