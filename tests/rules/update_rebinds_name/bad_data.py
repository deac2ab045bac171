# Its data, computed anew; an autoencoder.
import torch
from torch import nn

model = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))
for images, _ in train_loader:
    x = images.flatten(1)
    model.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    for name, w in model.named_parameters():
        w = w.data - 0.5 * w.grad.data  # finding: update-rebinds-name
