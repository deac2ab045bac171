# What is measured holds all that was trained on, and more.
import torch
from torch import nn

centres = torch.randn(4, 12)
labels = torch.randint(0, 4, (320,))
points = 2 * centres[labels] + torch.randn(320, 12)
x, y = points[:240], labels[:240]
model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    model.train()
    for chosen in torch.randperm(len(x)).split(32):
        batch = x[chosen]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch), y[chosen]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(points).argmax(1) == labels).float().mean().item())
