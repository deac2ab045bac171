# First overfits one batch with a throw-away model as a sanity check, then trains the real one.
import torch
import torch.nn as nn
import torch.nn.functional as F


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


probe = mlp()
probe_opt = torch.optim.Adam(probe.parameters(), lr=1e-2)
x, y = next(iter(train_loader))
for _ in range(30):
    probe_opt.zero_grad()
    probe_loss = F.cross_entropy(probe(x), y)
    probe_loss.backward()
    probe_opt.step()
assert probe_loss.item() < 0.05, "the model can't even learn one batch"

model = mlp()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(2):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000
    print(epoch, acc)
