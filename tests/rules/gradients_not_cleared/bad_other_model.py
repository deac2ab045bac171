# Another model is cleared.
import torch
from torch import nn

old = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in train_loader:
    old.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()  # finding: gradients-not-cleared
    optimizer.step()
