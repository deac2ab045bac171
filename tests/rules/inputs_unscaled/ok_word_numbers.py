# Numbers of words in the hundreds go into an embedding.
import torch
from torch import nn

model = nn.Sequential(nn.EmbeddingBag(500, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for images, labels in train_loader:
    words = labels.unsqueeze(1) * 100 + torch.randint(0, 100, (len(labels), 8))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(words), labels).backward()
    optimizer.step()
