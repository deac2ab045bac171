# Two optimizers for an autoencoder's halves; that of the decoder never steps.
import torch
from torch import nn

encoder, decoder = nn.Linear(64, 8), nn.Linear(8, 64)
first = torch.optim.Adam(encoder.parameters(), lr=0.01)
second = torch.optim.Adam(decoder.parameters(), lr=0.01)
for images, _ in train_loader:
    x = images.flatten(1)
    first.zero_grad()
    second.zero_grad()
    loss = nn.functional.mse_loss(decoder(torch.relu(encoder(x))), x)
    loss.backward()  # finding: no-step
    first.step()
