# A learning-rate range test on a copy, up to rates that diverge, then a run at a sensible rate.
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

trial = copy.deepcopy(model)
trial_opt = torch.optim.SGD(trial.parameters(), lr=1e-4)
curve = []
for i, (x, y) in enumerate(train_loader):
    if i == 60:
        break
    lr = 1e-4 * 10 ** (i / 10)
    trial_opt.param_groups[0]["lr"] = lr
    trial_opt.zero_grad()
    loss = F.cross_entropy(trial(x), y)
    loss.backward()
    trial_opt.step()
    curve.append((loss.item(), lr))
lowest = min(curve)[1]
print(f"lowest loss at a rate of {lowest:.3g}")

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
