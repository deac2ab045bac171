# Sparse gradients of an embedding.
import torch
from torch import nn

embedding = nn.Embedding(50, 8, sparse=True)
head = nn.Linear(8, 4)
optimizer = torch.optim.SGD([*embedding.parameters(), *head.parameters()], lr=0.1)
for step in range(10):
    words, labels = torch.randint(0, 50, (16,)), torch.randint(0, 4, (16,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(embedding(words)), labels).backward()
    optimizer.step()
