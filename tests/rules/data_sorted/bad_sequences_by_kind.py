# Series of four kinds, kind by kind, and a loss on log-probabilities.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

kinds = torch.arange(4).repeat_interleave(40)
t = torch.linspace(0, 3, 12)
series = torch.sin(t[None] * (1 + kinds[:, None])) + 0.1 * torch.randn(160, 12)
rnn, head = nn.GRU(1, 8, batch_first=True), nn.Linear(8, 4)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.01)
for epoch in range(2):
    for x, y in DataLoader(TensorDataset(series[:, :, None], kinds), 10):  # finding: data-sorted
        scores = head(rnn(x)[1][0]).log_softmax(-1)
        loss = nn.functional.nll_loss(scores, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
