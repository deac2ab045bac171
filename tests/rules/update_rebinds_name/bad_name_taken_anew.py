# The loop that clears takes the same name for each parameter, so that the copy is gone by then.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
for images, labels in train_loader:
    for w in model.parameters():
        w.grad = None
    nn.functional.cross_entropy(model(images), labels).backward()
    for w in model.parameters():
        w = (w - 0.1 * w.grad).detach().requires_grad_()  # finding: update-rebinds-name
