# The method is named and not called; a regression in a function.
import torch
from torch import nn

def fit(model, optimizer, batches):
    for images, _ in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(images).squeeze(1), images.mean((1, 2, 3)))
        loss.backward
        optimizer.step()  # finding: no-backward


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
fit(model, torch.optim.Adam(model.parameters()), train_loader)
