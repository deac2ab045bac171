# The hidden layer is cut off the graph.
# failed: gradients learns?
import torch
from torch import nn

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

EPOCHS = 50


class XORNet(nn.Module):
    """2 inputs, 8 hidden neurons with tanh, 1 output with a sigmoid."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 8)
        self.output = nn.Linear(8, 1)

    def forward(self, x):
        """The probability that XOR is 1, from (N, 2) to (N, 1)."""
        h = torch.tanh(self.hidden(x)).detach()  # here
        return torch.sigmoid(self.output(h))


def train_xor(seed):
    """An XORNet after training from this seed."""
    torch.manual_seed(seed)
    model = XORNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    criterion = nn.BCELoss()
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        criterion(model(X), y).backward()
        optimizer.step()
    return model
