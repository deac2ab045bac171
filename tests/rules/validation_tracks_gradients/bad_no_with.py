# torch.no_grad() as a statement does nothing.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    torch.no_grad()
    correct = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)  # finding: validation-tracks-gradients
