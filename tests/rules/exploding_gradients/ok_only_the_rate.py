# A plain recurrent network as torch makes it, at a rate that ruins it: the rate is the cause.
import torch
from torch import nn

x = torch.randn(192, 40, 3)
y = (x[:, -5:].sum(dim=(1, 2)) > 0).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 32, batch_first=True)
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=20.0)  # finding: learning-rate-too-high
for epoch in range(6):
    for k in range(0, 192, 16):
        loss = nn.functional.cross_entropy(model(x[k:k + 16]), y[k:k + 16])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
