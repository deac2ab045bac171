# One number for each step of several sequences, time first.
import torch
from torch import nn

rnn, head = nn.GRU(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.02)
for _ in range(12):
    x = torch.randn(10, 6, 4)
    optimizer.zero_grad()
    predicted = head(rnn(x)[0]).squeeze(2)
    nn.functional.mse_loss(predicted, x.mean(2)).backward()
    optimizer.step()
