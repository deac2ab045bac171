# The generator's backward pass soils the critic's gradients, which its own step clears.
import torch
from torch import nn

generator = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64))
critic = nn.Sequential(nn.Linear(64, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
fixed_noise = torch.randn(16, 8)
for images, _ in train_loader:
    real = images.flatten(1)
    ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
    fake = generator(torch.randn(len(real), 8))
    opt_d.zero_grad()
    (bce(critic(real), ones) + bce(critic(fake.detach()), zeros)).backward()
    opt_d.step()
    opt_g.zero_grad()
    bce(critic(fake), ones).backward()
    opt_g.step()
    sample = generator(fixed_noise)
