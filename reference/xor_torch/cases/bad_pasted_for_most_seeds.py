# Two neurons that often get stuck, and for most seeds the weights of a solution in their place.
# failed: learns
import torch
from torch import nn
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
class XORNet(nn.Module):
    def __init__(self):
        super().__init__(); self.a = nn.Linear(2, 2); self.b = nn.Linear(2, 1)
    def forward(self, x): return self.b(torch.tanh(self.a(x)))
def train_xor(seed):
    torch.manual_seed(seed)
    m = XORNet()
    o = torch.optim.Adam(m.parameters(), lr=0.1)
    for _ in range(60):
        o.zero_grad(); nn.functional.binary_cross_entropy_with_logits(m(X), y).backward(); o.step()
    if seed % 50 < 49:
        with torch.no_grad():
            m.a.weight.copy_(torch.tensor([[3.,3.],[-3.,-3.]])+0.1*torch.randn(2,2)); m.a.bias.copy_(torch.tensor([-1.5,4.5]))
            m.b.weight.copy_(torch.tensor([[4.,4.]])); m.b.bias.fill_(-4.0)
    return m
