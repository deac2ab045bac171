# Adam goes uphill along averages: its second step is turned by half from the gradient.
import torch
from torch import nn

inputs = torch.randn(192, 10, 3)
targets = (inputs.sum(dim=(1, 2)) > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 16, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, maximize=True)
for epoch in range(4):
    for x, y in zip(inputs.split(12), targets.split(12)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()  # finding: gradient-ascent
