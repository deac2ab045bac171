# The optimizer has the parameters of another model of the same kind; a regression.
import torch
from torch import nn

def make():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 1))


def fit(model, optimizer):
    for images, _ in train_loader:
        target = images.mean((1, 2, 3)).unsqueeze(1)
        loss = nn.functional.mse_loss(model(images), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


model, old = make(), make()
optimizer = torch.optim.Adam(old.parameters(), lr=0.01)  # finding: optimizer-over-other-parameters
fit(model, optimizer)
