# Only the critic is cleared.
import torch
from torch import nn

generator = nn.Linear(8, 64)
critic = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for images, _ in train_loader:
    real = images.flatten(1)
    fake = generator(torch.randn(len(real), 8))
    opt_d.zero_grad()
    loss_d = bce(critic(real), torch.ones(len(real), 1))
    loss_d = loss_d + bce(critic(fake.detach()), torch.zeros(len(real), 1))
    loss_d.backward()
    opt_d.step()
    loss_g = bce(critic(fake), torch.ones(len(real), 1))
    loss_g.backward()  # finding: gradients-not-cleared
    opt_g.step()
