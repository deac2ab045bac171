# A note: the first loss is a guess's, as every tanh is at its end.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    scores = model(images * 200)  # finding: inputs-unscaled
    nn.functional.cross_entropy(scores, labels).backward()
    optimizer.step()
