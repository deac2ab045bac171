# A variational autoencoder: linear heads, noise, and a linear layer after it.
import torch
from torch import nn


class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.mean, self.log_variance = nn.Linear(64, 32), nn.Linear(32, 8), nn.Linear(32, 8)
        self.up, self.out = nn.Linear(8, 32), nn.Linear(32, 64)

    def forward(self, x):
        h = torch.relu(self.hidden(x))
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        return self.out(torch.relu(self.up(z))), mean, log_variance


model = Coder()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, _ in train_loader:
    x = images.flatten(1)
    rebuilt, mean, log_variance = model(x)
    divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum(1).mean()
    loss = nn.functional.mse_loss(rebuilt, x) + 0.01 * divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
