# The generator's loss is computed of fakes that are detached, as the critic's is.
import torch
from torch import nn

real = torch.randn(300, 2) * 0.4 + torch.tensor([1.5, -0.5])
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
for step in range(20):
    rows = real[torch.randint(0, 300, (32,))]
    fake = generator(torch.randn(32, 4)).detach()
    opt_d.zero_grad()
    d_loss = bce(critic(rows), ones) + bce(critic(fake), zeros)
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(critic(fake), ones)  # finding: network-cut-from-loss
    g_loss.backward()
    opt_g.step()
