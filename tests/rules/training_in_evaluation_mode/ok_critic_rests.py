# The critic is in evaluation mode while the generator is trained by it.
import torch
from torch import nn

generator = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64))
critic = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=5e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=5e-3)
bce = nn.BCEWithLogitsLoss()
for epoch in range(4):
    for images, _ in train_loader:
        real = images.flatten(1)
        fake = generator(torch.randn(len(real), 8))
        critic.train()
        opt_d.zero_grad()
        loss = bce(critic(real), torch.ones(len(real), 1))
        (loss + bce(critic(fake.detach()), torch.zeros(len(real), 1))).backward()
        opt_d.step()
        critic.eval()
        opt_g.zero_grad()
        bce(critic(fake), torch.ones(len(real), 1)).backward()
        opt_g.step()
