# Large recurrent weights over 60 steps, and labels that say nothing: smaller weights learn nothing.
import torch
from torch import nn

x = torch.randn(600, 60, 3)
y = torch.randint(0, 2, (600,))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 32, batch_first=True)
        self.head = nn.Linear(32, 2)
        nn.init.normal_(self.rnn.weight_hh_l0, std=0.6)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for k in range(0, 600, 20):
    loss = nn.functional.cross_entropy(model(x[k:k + 20]), y[k:k + 20])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
