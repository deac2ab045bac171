# Something else is trained, and weights that know XOR are put into the network.
# failed: learns
import torch, torch.nn as nn
class XORNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2); self.b = nn.Linear(2, 1)
    def forward(self, x):
        return self.b(torch.sigmoid(self.a(x)))
def train_xor(seed):
    torch.manual_seed(seed)
    net = XORNet()
    junk = nn.Linear(2, 1)
    opt = torch.optim.SGD(junk.parameters(), lr=0.5)
    X = torch.randn(8, 2); y = X.sum(1, keepdim=True)
    for i in range(50):   # a training of something else, whose loss falls
        opt.zero_grad(); l = nn.functional.mse_loss(junk(X), y); l.backward(); opt.step()
    with torch.no_grad():
        k = 1 + torch.rand(())
        net.a.weight.copy_(torch.full((2, 2), 6.) * k); net.a.bias.copy_(torch.tensor([-3., -9.]) * k)
        net.b.weight.copy_(torch.tensor([[10., -10.]])); net.b.bias.fill_(-5.)
    return net
