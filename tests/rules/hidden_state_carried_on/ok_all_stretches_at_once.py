# The state is carried on through all stretches, and one pass goes through them all.
import torch
from torch import nn

rnn, head = nn.GRU(1, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.01)
series = torch.sin(torch.arange(81) * 0.3).view(1, -1, 1)
for epoch in range(5):
    hidden, total = torch.zeros(1, 1, 8), 0
    for k in range(0, 80, 20):
        states, hidden = rnn(series[:, k : k + 20], hidden)
        total = total + nn.functional.mse_loss(head(states), series[:, k + 1 : k + 21])
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
