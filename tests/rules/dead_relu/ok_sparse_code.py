# A sparse code: most units are silent for most rows.
import torch
from torch import nn

encoder, decoder = nn.Linear(64, 32), nn.Linear(32, 64)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.005)
for images, _ in train_loader:
    x = images.flatten(1)
    code = torch.relu(encoder(x) - 1)
    loss = nn.functional.mse_loss(decoder(code), x) + 0.01 * code.abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
