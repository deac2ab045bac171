# The target network of a learner gets the weights each few steps, at once.
import torch
from torch import nn

net, target = nn.Linear(4, 2), nn.Linear(4, 2)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(12):
    x = torch.randn(16, 4)
    with torch.no_grad():
        aim = x[:, :2] + 0.1 * target(x)
    loss = nn.functional.smooth_l1_loss(net(x), aim)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 4 == 3:
        target.load_state_dict(net.state_dict())
