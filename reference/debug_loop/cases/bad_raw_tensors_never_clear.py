# A network of bare tensors whose gradients add up for ever.
# failed: zero_grad learns
import torch
import torch.nn.functional as F

W1 = torch.empty(784, 256).normal_(std=0.05).requires_grad_()
b1 = torch.zeros(256, requires_grad=True)
W2 = torch.empty(256, 10).normal_(std=0.05).requires_grad_()
b2 = torch.zeros(10, requires_grad=True)


def forward(x):
    return torch.relu(x.flatten(1) @ W1 + b1) @ W2 + b2


for epoch in range(1):
    for x, y in train_loader:
        loss = F.cross_entropy(forward(x), y)
        loss.backward()  # finding: gradients-not-cleared
        for p in (W1, b1, W2, b2):
            p.data -= 0.1 * p.grad
    with torch.no_grad():
        print(epoch, sum((forward(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
