# The false cure: the graph is retained, and the weights in it have changed. An LSTM in a class.
import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.LSTM(2, 6, batch_first=True)
        self.out = nn.Linear(6, 3)
        self.state = None

    def forward(self, x):
        states, self.state = self.cells(x, self.state)
        return self.out(states[:, -1])


model = Reader()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
try:
    for step in range(4):
        x, y = torch.randn(5, 7, 2), torch.randint(0, 3, (5,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward(retain_graph=True)  # finding: hidden-state-carried-on
        optimizer.step()
except RuntimeError as error:
    print(error)
