# Raw tensors updated by hand; the line that zeroes is missing.
import torch

w = (torch.randn(64, 4) * 0.1).requires_grad_()
b = torch.zeros(4, requires_grad=True)
for epoch in range(2):
    for images, labels in train_loader:
        loss = torch.nn.functional.cross_entropy(images.flatten(1) @ w + b, labels)
        loss.backward()  # finding: gradients-not-cleared
        with torch.no_grad():
            w -= 0.01 * w.grad
            b -= 0.01 * b.grad
