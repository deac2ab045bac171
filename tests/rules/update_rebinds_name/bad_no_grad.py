# The same without a graph; a regression in a function.
import torch
from torch import nn

def train(model, rate):
    for images, _ in train_loader:
        loss = nn.functional.mse_loss(model(images).squeeze(1), images.mean((1, 2, 3)))
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for weight in model.parameters():
                weight = weight - rate * weight.grad  # finding: update-rebinds-name


train(nn.Sequential(nn.Flatten(), nn.Linear(64, 1)), 0.1)
