# The critic's optimizer was given all parameters there are. Wasserstein's loss.
import itertools
import torch
from torch import nn

real = torch.randn(300, 2) + 2.0
generator = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
opt_g = torch.optim.RMSprop(generator.parameters(), lr=5e-4)
opt_c = torch.optim.RMSprop(itertools.chain(critic.parameters(), generator.parameters()), lr=5e-4)
for step in range(12):
    for _ in range(2):
        rows, fake = real[torch.randint(0, 300, (32,))], generator(torch.randn(32, 3))
        loss = critic(fake).mean() - critic(rows).mean() + 0.1 * (critic(rows) ** 2).mean()
        opt_c.zero_grad()
        loss.backward()  # finding: discriminator-trains-generator
        opt_c.step()
    opt_g.zero_grad()
    (-critic(generator(torch.randn(32, 3))).mean()).backward()
    opt_g.step()
