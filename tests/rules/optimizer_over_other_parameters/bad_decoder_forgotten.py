# An autoencoder whose optimizer has the encoder alone, in a class.
import torch
from torch import nn

class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(64, 8)
        self.decoder = nn.Linear(8, 64)

    def forward(self, x):
        return self.decoder(torch.relu(self.encoder(x)))


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.encoder.parameters(), lr=0.01)  # finding: optimizer-over-other-parameters

    def epoch(self):
        for images, _ in train_loader:
            x = images.flatten(1)
            self.optimizer.zero_grad()
            nn.functional.mse_loss(self.model(x), x).backward()
            self.optimizer.step()


Trainer(Autoencoder()).epoch()
