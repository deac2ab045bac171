# A network whose units are all dead gets gradients of zero; nothing was cleared.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))  # finding: dead-relu
with torch.no_grad():
    model[1].bias.fill_(-1000.0)
    model[3].bias.requires_grad_(False)
optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad(set_to_none=False)
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
