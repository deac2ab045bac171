# A view of what would be the parameter; a regression in a function.
import torch
from torch import nn

def train():
    offset = torch.zeros(1, requires_grad=True).view(())  # finding: parameter-not-a-leaf
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for images, _ in train_loader:
        loss = nn.functional.mse_loss(model(images).squeeze(1) + offset, images.mean((1, 2, 3)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


train()
