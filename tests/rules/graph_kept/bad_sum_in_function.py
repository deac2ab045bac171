# A sum in a function's own variable; an autoencoder.
import torch
from torch import nn

def epoch(model, optimizer):
    running = 0
    for images, _ in train_loader:
        x = images.flatten(1)
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), x)
        loss.backward()
        optimizer.step()
        running = running + loss * len(x)  # finding: graph-kept
    return running


model = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))
epoch(model, torch.optim.Adam(model.parameters(), lr=0.01))
