# Each choice has a cost, and the policy is to make what costs much less likely.
import torch
from torch import nn

torch.manual_seed(0)
costs = torch.tensor([0.0, 0.5, 2.0])
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)
state = torch.randn(8, 4)
for step in range(60):
    told = torch.log_softmax(policy(state), 1)
    chosen = nn.functional.one_hot(torch.multinomial(told.detach().exp(), 1).squeeze(1), 3)
    optimizer.zero_grad()
    loss = (told * (chosen * costs)).sum(1).mean()
    loss.backward()
    optimizer.step()
