# The lesson's weights with a little noise: nothing is trained.
# failed: learns
# skipped: clears_gradients
import torch
from torch import nn
class XORNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 2)
        self.output = nn.Linear(2, 1)
    def forward(self, x):
        return torch.sigmoid(self.output(torch.sigmoid(self.hidden(x))))
def train_xor(seed):
    torch.manual_seed(seed)
    model = XORNet()
    with torch.no_grad():
        model.hidden.weight.copy_(torch.tensor([[5.0, 5.0], [5.0, 5.0]]))
        model.hidden.bias.copy_(torch.tensor([-2.5, -7.5]))
        model.output.weight.copy_(torch.tensor([[10.0, -10.0]]))
        model.output.bias.copy_(torch.tensor([-5.0]))
        for p in model.parameters(): p += 0.01 * torch.randn_like(p)
    return model
