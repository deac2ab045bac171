# A note: a layer is left frozen, and the optimizer was given all.
import torch
from torch import nn

def build():
    encoder = nn.Linear(64, 8)
    decoder = nn.Linear(8, 64)
    for p in encoder.parameters():
        p.requires_grad = False  # finding: parameters-frozen
    return nn.Sequential(encoder, nn.Tanh(), decoder)


model = build()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, _ in train_loader:
    x = images.flatten(1)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()
