"""Two networks that train against each other."""
import torch
from torch import nn

torch.manual_seed(3)
real = torch.randn(512, 2) * 0.3 + torch.tensor([2.0, -1.0])
generator = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
critic = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
for step in range(80):
    batch = real[torch.randint(0, 512, (64,))]
    fake = generator(torch.randn(64, 4))
    opt_d.zero_grad()
    d_loss = bce(critic(batch), torch.ones(64, 1)) + bce(critic(fake.detach()), torch.zeros(64, 1))
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(critic(fake), torch.ones(64, 1))
    g_loss.backward()
    opt_g.step()
print(d_loss.item(), g_loss.item())
