# Gradients come from torch.autograd.grad and .grad is never filled.
import torch
import torch.nn.functional as F
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
weights = list(net.parameters())
eta = 0.1

for epoch in range(2):
    net.train()
    for images, labels in train_loader:
        loss = F.cross_entropy(net(images), labels)
        grads = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for w, g in zip(weights, grads):
                w.sub_(eta * g)

    net.eval()
    with torch.no_grad():
        right = sum(net(images).argmax(1).eq(labels).sum().item() for images, labels in val_loader)
    print(epoch, right / 1000)
