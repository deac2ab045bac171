# An autoencoder with one weight for both ways, listed with each.
import torch
from torch import nn

encoder, decoder = nn.Linear(64, 64), nn.Linear(64, 64)
decoder.weight = encoder.weight
both = [*encoder.parameters(), *decoder.parameters()]
optimizer = torch.optim.Adam(both, lr=0.001)  # finding: weight-shared-twice-in-optimizer
for images, _ in train_loader:
    x = images.flatten(1)
    optimizer.zero_grad()
    nn.functional.mse_loss(decoder(torch.relu(encoder(x))), x).backward()
    optimizer.step()
