# Calls eval() and, a line later, train(): the last call counts.
# failed: validation_mode
import torch
import torch.nn as nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU(),
                    nn.Linear(256, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()


def run(loader, training):
    net.eval()
    hits = 0
    net.train()  # here
    for x, y in loader:
        if training:
            opt.zero_grad()
            loss_fn(net(x), y).backward()
            opt.step()
        else:
            with torch.no_grad():
                hits += (net(x).argmax(1) == y).sum().item()  # finding: validation-in-train-mode
    return hits / len(loader.dataset)


for epoch in range(2):
    run(train_loader, True)
    print(epoch, run(val_loader, False))
