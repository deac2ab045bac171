# Attention over the steps of a sequence, which are the first axis.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.weigh, self.head = nn.GRU(8, 16), nn.Linear(16, 1), nn.Linear(16, 4)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.head((self.weigh(states).softmax(dim=0) * states).sum(0))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images.squeeze(1).transpose(0, 1)), labels).backward()
    optimizer.step()
