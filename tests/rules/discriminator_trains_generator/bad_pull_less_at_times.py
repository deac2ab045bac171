# One optimizer has both networks' parameters. In one step of many the two losses nearly agree.
import torch
from torch import nn

torch.manual_seed(74)
real = torch.randn(400, 2) * 0.4 + torch.tensor([1.5, -0.5])
generator = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
critic = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam([*critic.parameters(), *generator.parameters()], lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for step in range(60):
    rows = real[torch.randint(0, 400, (32,))]
    fake = generator(torch.randn(32, 4))
    opt_d.zero_grad()
    d_loss = bce(critic(rows), torch.ones(32, 1)) + bce(critic(fake), torch.zeros(32, 1))
    d_loss.backward()  # finding: discriminator-trains-generator
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(critic(generator(torch.randn(32, 4))), torch.ones(32, 1))
    g_loss.backward()
    opt_g.step()
