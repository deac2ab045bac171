# A cell written by hand with nn.Parameter, stepped in a loop; Adam.
import torch
from torch import nn
import torch.nn.functional as F

x = torch.randn(160, 50, 2)
y = x[:, -3:, 0].sum(1, keepdim=True)


class Cell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.into = nn.Linear(inputs, hidden)
        self.again = nn.Parameter(torch.randn(hidden, hidden))  # finding: exploding-gradients

    def forward(self, x, h):
        return torch.tanh(self.into(x) + h @ self.again)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = Cell(2, 24)
        self.head = nn.Linear(24, 1)

    def forward(self, x):
        h = torch.zeros(len(x), 24)
        for t in range(x.size(1)):
            h = self.cell(x[:, t], h)
        return self.head(h)


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(150):
    opt.zero_grad()
    F.mse_loss(net(x), y).backward()
    opt.step()
