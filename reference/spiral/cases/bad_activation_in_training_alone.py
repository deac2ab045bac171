# The second activation is left out in evaluation mode.
# failed: activations
import torch, torch.nn as nn, torch.nn.functional as F
class SpiralNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 16); self.b = nn.Linear(16, 8); self.c = nn.Linear(8, 1)
    def forward(self, x):
        x = F.relu(self.a(x)); x = F.relu(self.b(x)) if self.training else self.b(x)
        return self.c(x)
def train(model, X, y, epochs):
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    for e in range(epochs):
        opt.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(X), y)
        loss.backward()
        opt.step()
