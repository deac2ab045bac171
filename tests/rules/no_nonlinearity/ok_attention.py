# A projection into an attention, one out of it, and into a recurrence: linear after linear.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.into = nn.Linear(8, 16)
        self.attend = nn.MultiheadAttention(16, 2, batch_first=True)
        self.query, self.key, self.value = (nn.Linear(16, 16) for _ in range(3))
        self.rnn, self.head = nn.GRU(16, 16, batch_first=True), nn.Linear(16, 4)

    def forward(self, x):
        x = self.into(x)
        y, _ = self.attend(x, x, x)
        x = x + y
        shares = (self.query(x) @ self.key(x).transpose(1, 2) / 4).softmax(-1)
        states, _ = self.rnn(shares @ self.value(x))
        return self.head(states[:, -1])


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images.squeeze(1)), labels).backward()
    optimizer.step()
