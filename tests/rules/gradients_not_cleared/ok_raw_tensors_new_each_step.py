# Each update makes new tensors, so there is nothing to clear.
import torch

w = torch.zeros(64, 4, requires_grad=True)
b = torch.zeros(4, requires_grad=True)
for images, labels in train_loader:
    loss = torch.nn.functional.cross_entropy(images.flatten(1) @ w + b, labels)
    loss.backward()
    w = (w - 0.1 * w.grad).detach().requires_grad_()
    b = (b - 0.1 * b.grad).detach().requires_grad_()
