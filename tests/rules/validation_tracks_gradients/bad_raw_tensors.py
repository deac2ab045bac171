# Raw tensors in a function, evaluated with gradients on.
import torch

w1 = (torch.randn(64, 16) * 0.1).requires_grad_()
w2 = (torch.randn(16, 4) * 0.1).requires_grad_()


def forward(x):
    return torch.relu(x.flatten(1) @ w1) @ w2


for epoch in range(2):
    for images, labels in train_loader:
        torch.nn.functional.cross_entropy(forward(images), labels).backward()
        with torch.no_grad():
            for w in (w1, w2):
                w -= 0.1 * w.grad
                w.grad = None
    for images, labels in val_loader:
        logits = forward(images)  # finding: validation-tracks-gradients
