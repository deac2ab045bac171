# A plain recurrent layer over 60 steps, whose recurrent weights begin four times too large.
import torch
from torch import nn

x = torch.randn(192, 60, 3)
y = (x[:, -5:].sum(dim=(1, 2)) > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 32, batch_first=True)  # finding: exploding-gradients
        self.head = nn.Linear(32, 2)
        nn.init.normal_(self.rnn.weight_hh_l0, std=0.7)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(12):
    for k in range(0, 192, 16):
        loss = nn.functional.cross_entropy(model(x[k:k + 16]), y[k:k + 16])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
