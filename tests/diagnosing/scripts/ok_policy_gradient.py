"""REINFORCE on a walk along a line."""
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
for episode in range(60):
    place, chosen, rewards = torch.zeros(1), [], []
    for _ in range(10):
        choice = Categorical(logits=policy(place / 10))
        action = choice.sample()
        chosen.append(choice.log_prob(action))
        place = place + (1.0 if action.item() == 1 else -1.0)
        rewards.append(place.item() / 10)
    gains = torch.tensor(rewards).flip(0).cumsum(0).flip(0)
    gains = (gains - gains.mean()) / (gains.std() + 1e-6)
    loss = -(torch.stack(chosen) * gains).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
