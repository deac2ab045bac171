# An actor and a critic on one trunk, which both optimizers hold.
import torch
import torch.nn.functional as F
from torch import nn

trunk = nn.Sequential(nn.Linear(3, 16), nn.Tanh())
policy, judge = nn.Linear(16, 2), nn.Linear(16, 1)
of_actor = torch.optim.Adam([*trunk.parameters(), *policy.parameters()], lr=5e-3)
of_critic = torch.optim.Adam([*trunk.parameters(), *judge.parameters()], lr=5e-3)
for step in range(30):
    state = torch.randn(24, 3)
    choice = torch.distributions.Categorical(logits=policy(trunk(state)))
    action = choice.sample()
    reward = (action == (state[:, 0] > 0).long()).float()
    value = judge(trunk(state)).squeeze(1)
    of_critic.zero_grad()
    F.mse_loss(value, reward).backward()
    of_critic.step()
    gain = reward - judge(trunk(state)).squeeze(1).detach()
    of_actor.zero_grad()
    loss = -(torch.distributions.Categorical(logits=policy(trunk(state))).log_prob(action) * gain).mean()
    loss.backward()
    of_actor.step()
