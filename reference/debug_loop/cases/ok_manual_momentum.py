# Hand-written momentum with its own velocity buffers; grads are dropped after the update.
import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
velocity = [torch.zeros_like(p) for p in model.parameters()]
lr, beta = 0.02, 0.9


def update():
    with torch.no_grad():
        for v, p in zip(velocity, model.parameters()):
            v.mul_(beta).add_(p.grad)
            p.add_(v, alpha=-lr)
            p.grad = None


for epoch in range(3):
    model.train()
    for img, lab in train_loader:
        F.cross_entropy(model(img), lab).backward()
        update()
    model.eval()
    with torch.no_grad():
        val = torch.cat([model(img).argmax(1) == lab for img, lab in val_loader])
    print("epoch", epoch, "val accuracy", val.float().mean().item())
