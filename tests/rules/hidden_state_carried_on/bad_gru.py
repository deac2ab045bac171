# The state of one stretch of a series goes into the next with its graph.
import torch
from torch import nn

rnn, head = nn.GRU(1, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.01)
series = torch.sin(torch.arange(81) * 0.3).view(1, -1, 1)
hidden = torch.zeros(1, 1, 8)
try:
    for k in range(0, 80, 20):
        states, hidden = rnn(series[:, k : k + 20], hidden)
        loss = nn.functional.mse_loss(head(states), series[:, k + 1 : k + 21])
        optimizer.zero_grad()
        loss.backward()  # finding: hidden-state-carried-on
        optimizer.step()
except RuntimeError as error:
    print(error)
