# The same with a cross-entropy that is written out.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    scores = model(images * 1000)  # finding: inputs-unscaled
    right = scores[torch.arange(len(labels)), labels]
    (torch.logsumexp(scores, 1) - right).mean().backward()
    optimizer.step()
