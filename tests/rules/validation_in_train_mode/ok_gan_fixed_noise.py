# The generator draws pictures from fixed noise while it trains.
import torch
from torch import nn

generator = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 64))
critic = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
fixed = torch.randn(64, 8)
for epoch in range(2):
    for images, _ in train_loader:
        real = images.flatten(1)
        fake = generator(torch.randn(len(real), 8))
        opt_d.zero_grad()
        bce(critic(real), torch.ones(len(real), 1)).backward()
        bce(critic(fake.detach()), torch.zeros(len(real), 1)).backward()
        opt_d.step()
        opt_g.zero_grad()
        bce(critic(fake), torch.ones(len(real), 1)).backward()
        opt_g.step()
    pictures = generator(fixed)
