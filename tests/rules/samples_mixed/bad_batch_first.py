# The sequences of a batch are taken for steps in time.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.LSTM(8, 16), nn.Linear(16, 4)

    def forward(self, x):
        states, _ = self.rnn(x)  # finding: samples-mixed
        return self.head(states[:, -1])


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images.squeeze(1)), labels).backward()
    optimizer.step()
