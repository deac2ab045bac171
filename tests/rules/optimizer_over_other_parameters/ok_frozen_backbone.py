# A backbone without gradients; its optimizer has the new head alone.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
for p in model.parameters():
    p.requires_grad_(False)
model[3] = nn.Linear(16, 4)
optimizer = torch.optim.SGD(model[3].parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
