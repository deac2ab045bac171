# The generator's pass leaves gradients in the discriminator, which clears them before its own.
import torch
from torch import nn

generator = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64))
critic = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=5e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=5e-3)
bce = nn.BCEWithLogitsLoss()
for epoch in range(3):
    for images, labels in train_loader:
        real = images.flatten(1)
        fake = generator(torch.randn(len(real), 8))
        opt_g.zero_grad()
        bce(critic(fake), torch.ones(len(real), 1)).backward()
        opt_g.step()
        opt_d.zero_grad()
        loss = bce(critic(real), torch.ones(len(real), 1))
        (loss + bce(critic(fake.detach()), torch.zeros(len(real), 1))).backward()
        opt_d.step()
