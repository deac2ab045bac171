# Updates by hand, far too small; a regression.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
for epoch in range(7):
    for images, _ in train_loader:
        loss = nn.functional.mse_loss(model(images).squeeze(1), images.sum((1, 2, 3)) / 8)
        loss.backward()  # finding: learning-rate-too-low
        with torch.no_grad():
            for p in model.parameters():
                p -= 1e-6 * p.grad
                p.grad = None
