# Momentum that is lost with each call of a function; an autoencoder.
import torch
from torch import nn

def step(model, x):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  # finding: optimizer-made-anew
    loss = nn.functional.mse_loss(model(x), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


model = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))
losses = [step(model, images.flatten(1)) for images, _ in train_loader]
