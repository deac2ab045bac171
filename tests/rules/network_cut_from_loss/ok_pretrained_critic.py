# The critic is trained alone at first, and the generator's optimizer steps from then on.
import torch
from torch import nn

real = torch.randn(300, 2) * 0.4 + torch.tensor([1.5, -0.5])
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
for step in range(24):
    rows, z = real[torch.randint(0, 300, (32,))], torch.randn(32, 4)
    opt_d.zero_grad()
    (bce(critic(rows), ones) + bce(critic(generator(z).detach()), zeros)).backward()
    opt_d.step()
    if step >= 12:
        opt_g.zero_grad()
        bce(critic(generator(z)), ones).backward()
        opt_g.step()
