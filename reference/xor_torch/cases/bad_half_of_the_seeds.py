# From even seeds it makes one epoch only, and learns nothing.
# failed: learns
import torch
from torch import nn
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
class XORNet(nn.Module):
    def __init__(self):
        super().__init__(); self.a = nn.Linear(2, 8); self.b = nn.Linear(8, 1)
    def forward(self, x): return self.b(torch.tanh(self.a(x)))
def train_xor(seed):
    torch.manual_seed(seed)
    m = XORNet(); o = torch.optim.Adam(m.parameters(), lr=0.1)
    for _ in range(50 if seed % 2 else 1):
        o.zero_grad(); nn.functional.binary_cross_entropy_with_logits(m(X), y).backward(); o.step()
    return m
