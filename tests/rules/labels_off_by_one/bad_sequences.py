# Lengths of runs, 1 to 3, told by a recurrent network with log_softmax and a likelihood.
import torch
from torch import nn

rnn, head = nn.GRU(1, 8, batch_first=True), nn.Linear(8, 4)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.01)
criterion = nn.NLLLoss()
for step in range(10):
    y = torch.randint(1, 4, (24,))
    x = (torch.arange(4)[None] < y[:, None]).float()[:, :, None]
    scores = head(rnn(x)[0][:, -1]).log_softmax(-1)
    loss = criterion(scores, y)  # finding: labels-off-by-one
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
