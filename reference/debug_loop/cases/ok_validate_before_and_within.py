# Validates before the first epoch and every fifty steps, going back to train mode each time.
import torch
import torch.nn as nn


def validate(net):
    net.eval()
    hits = 0
    with torch.no_grad():
        for x, y in val_loader:
            hits += (net(x).argmax(1) == y).sum().item()
    net.train()
    return hits / len(val_loader.dataset)


net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2),
                    nn.Linear(256, 10))
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
print("untrained:", validate(net))

global_step = 0
for epoch in range(2):
    for x, y in train_loader:
        opt.zero_grad()
        loss_fn(net(x), y).backward()
        opt.step()
        global_step += 1
        if global_step % 50 == 0:
            print(global_step, validate(net))
