# Raw logits, a Sequential of ReLU neurons, stopping when the loss is small; returns losses too.
import torch
from torch import nn


class XORNet(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, x):
        return self.net(x)


def train_xor(seed=0):
    torch.manual_seed(seed)
    x = torch.cartesian_prod(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0]))
    y = (x.sum(1, keepdim=True) == 1).float()
    net, losses = XORNet(), []
    opt = torch.optim.AdamW(net.parameters(), lr=0.05)
    for _ in range(1000):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
        losses.append(loss.item())
        if losses[-1] < 0.02:
            break
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
    return net, losses
