# Switches gradients off and on again with set_grad_enabled as a plain call.
import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(2):
    model.train(True)
    torch.set_grad_enabled(True)
    for x, y in train_loader:
        x = x.view(-1, 784)
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    model.train(False)
    torch.set_grad_enabled(False)
    s = 0
    for x, y in val_loader:
        s = s + (model(x.view(-1, 784)).argmax(1) == y).sum()
    print(epoch, s.item())

torch.set_grad_enabled(True)
