# Outputs (4, 1) and targets (4,): each is compared with each.
# failed: learns
import torch
from torch import nn


class XORNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 8)
        self.b = nn.Linear(8, 1)

    def forward(self, x):
        return torch.sigmoid(self.b(torch.tanh(self.a(x))))


def train_xor(seed):
    torch.manual_seed(seed)
    net = XORNet()
    x = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    y = torch.tensor([0., 1., 1., 0.])                 # (4,), the output is (4, 1): broadcast to (4, 4)
    opt = torch.optim.Adam(net.parameters(), lr=0.05)
    loss_fn = nn.MSELoss()
    for _ in range(500):
        opt.zero_grad()
        loss = loss_fn(net(x), y)  # finding: loss-broadcasts-shapes
        loss.backward()
        opt.step()
    return net
