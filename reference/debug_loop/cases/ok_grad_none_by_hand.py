# Sets every .grad to None by hand, no zero_grad anywhere.
import torch
import torch.nn as nn

torch.manual_seed(0)
mlp = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
sgd = torch.optim.SGD(mlp.parameters(), 0.1)
xent = nn.CrossEntropyLoss()
params = list(mlp.parameters())

for epoch in range(2):
    mlp.train()
    for x, y in train_loader:
        loss = xent(mlp(x), y)
        for p in params:
            p.grad = None
        loss.backward()
        sgd.step()
    mlp.eval()
    with torch.no_grad():
        accs = [(mlp(x).argmax(1) == y).float().mean() for x, y in val_loader]
    print(epoch, torch.stack(accs).mean())
