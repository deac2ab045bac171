# Two matrices by hand.
import torch

w1 = (0.1 * torch.randn(64, 16)).requires_grad_()
b1 = torch.zeros(16, requires_grad=True)
w2 = (0.1 * torch.randn(16, 4)).requires_grad_()
for images, labels in train_loader:
    hidden = images.flatten(1) @ w1 + b1  # finding: no-nonlinearity
    loss = torch.nn.functional.cross_entropy(hidden @ w2, labels)
    loss.backward()
    with torch.no_grad():
        for w in (w1, b1, w2):
            w -= 0.1 * w.grad
            w.grad = None
