# Sequences run along the first axis, and each has one label, or each step has one.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.tags, self.head = nn.LSTM(8, 16), nn.Linear(16, 4), nn.Linear(16, 4)

    def forward(self, x):
        states, _ = self.rnn(x.transpose(0, 1))
        return self.head(states[-1]), self.tags(states)


model, tagger = Net(), nn.GRU(8, 4)
optimizer = torch.optim.Adam([*model.parameters(), *tagger.parameters()], lr=0.02)
for images, labels in train_loader:
    one, each = model(images.squeeze(1))
    loss = nn.functional.cross_entropy(one, labels)
    loss = loss + nn.functional.cross_entropy(each.reshape(-1, 4), labels.repeat(8))
    steps, _ = tagger(images[:1].reshape(8, 1, 8))
    loss = loss + nn.functional.mse_loss(steps, torch.zeros_like(steps))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
