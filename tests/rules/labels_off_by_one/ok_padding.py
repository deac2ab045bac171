# Class 0 stands for padding, and the loss leaves it out.
import torch
from torch import nn

model = nn.Embedding(5, 5)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss(ignore_index=0)
for step in range(8):
    words = torch.randint(1, 5, (64,))
    optimizer.zero_grad()
    criterion(model(words), words % 4 + 1).backward()
    optimizer.step()
