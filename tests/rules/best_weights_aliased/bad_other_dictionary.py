# The tensors stand in a dictionary of its own, and are the model's all the same.
import torch
from torch import nn

rnn = nn.GRU(2, 6, batch_first=True)
optimizer = torch.optim.Adam(rnn.parameters(), lr=0.01)
x = torch.randn(16, 5, 2)
snapshots = []
for step in range(9):
    loss = (rnn(x)[0].mean(2) - x.sum(2)).square().mean()
    rnn.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 3 == 0:
        weights = rnn.state_dict()  # finding: best-weights-aliased
        snapshots.append({name: value for name, value in weights.items()})
rnn.load_state_dict(snapshots[1])
