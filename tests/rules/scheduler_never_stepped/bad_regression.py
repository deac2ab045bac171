# A function makes both, and only one is returned.
import torch
from torch import nn

def configure(model):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 0.1)  # finding: scheduler-never-stepped
    return model, optimizer, schedule


model, optimizer, *_ = configure(nn.Sequential(nn.Flatten(), nn.Linear(64, 1)))
for images, _ in train_loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(images).squeeze(1), images.mean((1, 2, 3))).backward()
    optimizer.step()
