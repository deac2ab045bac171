# Words as one-hot rows, and as an embedding: the first layer picks rows.
import torch
from torch import nn

picks = nn.Sequential(nn.Linear(10, 16, bias=False), nn.Linear(16, 10))
embeds = nn.Sequential(nn.Embedding(10, 16), nn.Linear(16, 10))
optimizer = torch.optim.Adam([*picks.parameters(), *embeds.parameters()], lr=0.05)
for step in range(16):
    words = torch.randint(0, 10, (32,))
    following = (words + 1) % 10
    loss = nn.functional.cross_entropy(picks(nn.functional.one_hot(words, 10).float()), following)
    loss = loss + nn.functional.cross_entropy(embeds(words), following)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
