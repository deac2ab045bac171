# Each choice costs something above 0, and the policy is to make what costs much less likely.
import torch
from torch import nn

torch.manual_seed(0)
costs = torch.tensor([1.0, 2.0, 5.0])
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)
state = torch.randn(1, 4)
for step in range(100):
    told = torch.log_softmax(policy(state), 1)
    choice = torch.multinomial(told.detach().exp(), 1)
    optimizer.zero_grad()
    loss = told.gather(1, choice).sum() * costs[choice].item()
    loss.backward()
    optimizer.step()
