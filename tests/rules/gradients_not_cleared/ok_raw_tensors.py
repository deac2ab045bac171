# Raw tensors, updated in place by hand and zeroed after.
import torch

w1 = (torch.randn(64, 16) * 0.1).requires_grad_()
b1 = torch.zeros(16, requires_grad=True)
w2 = (torch.randn(16, 4) * 0.1).requires_grad_()
b2 = torch.zeros(4, requires_grad=True)
for epoch in range(2):
    for images, labels in train_loader:
        hidden = torch.relu(images.view(len(images), -1) @ w1 + b1)
        loss = torch.nn.functional.cross_entropy(hidden @ w2 + b2, labels)
        loss.backward()
        with torch.no_grad():
            for p in (w1, b1, w2, b2):
                p -= 0.1 * p.grad
                p.grad.zero_()
