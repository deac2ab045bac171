# Raw tensors have no mode; gradients are off.
import torch

w1 = (torch.randn(64, 16) * 0.1).requires_grad_()
w2 = (torch.randn(16, 4) * 0.1).requires_grad_()


def net(x):
    return torch.relu(x.flatten(1) @ w1) @ w2


for epoch in range(2):
    for images, labels in train_loader:
        torch.nn.functional.cross_entropy(net(images), labels).backward()
        with torch.no_grad():
            for w in (w1, w2):
                w -= 0.1 * w.grad
                w.grad = None
    with torch.no_grad():
        for images, labels in val_loader:
            net(images)
