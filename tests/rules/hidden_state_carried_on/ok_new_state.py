# Each batch begins with a state of zeros.
import torch
from torch import nn

rnn, head = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.01)
series = torch.sin(torch.arange(81) * 0.3).view(1, -1, 1)
for k in range(0, 80, 20):
    states, _ = rnn(series[:, k : k + 20])
    loss = nn.functional.mse_loss(head(states), series[:, k + 1 : k + 21])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
