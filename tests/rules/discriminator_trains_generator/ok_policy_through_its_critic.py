# A policy that is trained through its critic (DDPG): the critic's own loss never reaches it.
import copy
import torch
import torch.nn.functional as F
from torch import nn

policy = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1), nn.Tanh())
critic = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
target = copy.deepcopy(critic)
of_policy = torch.optim.Adam(policy.parameters(), lr=1e-3)
of_critic = torch.optim.Adam(critic.parameters(), lr=1e-3)
for step in range(30):
    state, after = torch.randn(32, 3), torch.randn(32, 3)
    action = (policy(state) + 0.1 * torch.randn(32, 1)).detach()
    reward = -(action - state[:, :1]) ** 2
    with torch.no_grad():
        wanted = reward + 0.5 * target(torch.cat([after, policy(after)], 1))
    of_critic.zero_grad()
    F.mse_loss(critic(torch.cat([state, action], 1)), wanted).backward()
    of_critic.step()
    of_policy.zero_grad()
    (-critic(torch.cat([state, policy(state)], 1)).mean()).backward()
    of_policy.step()
    with torch.no_grad():
        for old, new in zip(target.parameters(), critic.parameters()):
            old.lerp_(new, 0.1)
