# No axis is named, and of three torch takes the first.
import torch
import torch.nn.functional as F
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(8, 16, batch_first=True), nn.Linear(16, 4)

    def forward(self, x):
        states, _ = self.rnn(x)
        return F.log_softmax(self.head(states))


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    scores = model(images.squeeze(1)).reshape(-1, 4)
    loss = F.nll_loss(scores, labels.repeat_interleave(8))  # finding: softmax-over-batch
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
