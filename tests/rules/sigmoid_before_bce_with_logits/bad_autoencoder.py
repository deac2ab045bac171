# Pixels are rebuilt between 0 and 1, and the loss wants scores.
import torch
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 64))

    def forward(self, x):
        return self.decoder(self.encoder(x)).sigmoid()


model = Autoencoder()
criterion = nn.BCEWithLogitsLoss(reduction="sum")
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, _ in train_loader:
    pixels = (images.flatten(1) > 0).float()
    loss = criterion(model(pixels), pixels)  # finding: sigmoid-before-bce-with-logits
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
