# A recurrent network that tells whether a series rises; torch.eq, and labels that come first.
import torch
from torch import nn


class Rises(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 8, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


x = torch.randn(64, 6, 1).cumsum(1)
y = (x[:, -1, 0] > x[:, 0, 0]).long()
model = Rises()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(10):
    out = model(x)
    loss = nn.functional.binary_cross_entropy_with_logits(out, y[:, None].float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    hits = torch.eq(y, (out > 0).long())  # finding: accuracy-broadcasts-shapes
    print(hits.sum() / len(y))
