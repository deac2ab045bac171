# An update by hand with a huge step.
import torch

torch.manual_seed(0)
w1 = (torch.randn(64, 16) * 0.1).requires_grad_()
w2 = (torch.randn(16, 4) * 0.1).requires_grad_()
for epoch in range(4):
    for images, labels in train_loader:
        loss = torch.nn.functional.cross_entropy(torch.relu(images.flatten(1) @ w1) @ w2, labels)
        loss.backward()  # finding: learning-rate-too-high
        with torch.no_grad():
            for w in (w1, w2):
                w -= 50.0 * w.grad
                w.grad.zero_()
