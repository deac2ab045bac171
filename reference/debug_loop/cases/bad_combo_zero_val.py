# Rate and loss repaired; gradients never cleared, validation unguarded.
# failed: zero_grad validation_mode learns
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(7)
clf = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.Tanh(), nn.Linear(256, 10))
sgd = torch.optim.SGD(clf.parameters(), lr=0.1, momentum=0.9)


def accuracy(loader):
    hits = 0
    for x, y in loader:
        scores = clf(x)  # finding: validation-in-train-mode, validation-tracks-gradients
        hits += scores.argmax(1).eq(y).sum().item()
    return hits / len(loader.dataset)


for epoch in range(3):
    for x, y in train_loader:
        F.cross_entropy(clf(x), y).backward()  # finding: gradients-not-cleared
        sgd.step()
    print(epoch, accuracy(val_loader))
