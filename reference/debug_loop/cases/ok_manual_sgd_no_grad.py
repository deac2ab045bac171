# The update is written out in a no_grad block over model.parameters().
import torch
import torch.nn as nn

net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
loss_function = nn.CrossEntropyLoss()
lr = 0.1

for epoch in range(2):
    net.train()
    for X, y in train_loader:
        net.zero_grad()
        loss = loss_function(net(X.view(X.shape[0], -1)), y)
        loss.backward()
        with torch.no_grad():
            for param in net.parameters():
                param -= lr * param.grad

    net.eval()
    with torch.no_grad():
        hits = 0
        for X, y in val_loader:
            hits += (net(X.view(X.shape[0], -1)).argmax(1) == y).sum().item()
        print(f"{epoch=} {hits=}")
