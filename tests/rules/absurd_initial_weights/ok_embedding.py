# An embedding of ordinary size, and a layer for one input.
import torch
from torch import nn

words, numbers = nn.Embedding(20, 16), nn.Linear(1, 16)
head = nn.Sequential(nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam([*words.parameters(), *numbers.parameters(), *head.parameters()], lr=0.02)
for images, labels in train_loader:
    mean = images.mean((1, 2, 3)).unsqueeze(1)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(words(labels) + numbers(mean)), labels).backward()
    optimizer.step()
