# There are no two parts: each step and each look draws its rows from all.
import torch
from torch import nn

centres = torch.randn(4, 12)
labels = torch.randint(0, 4, (320,))
points = 2 * centres[labels] + torch.randn(320, 12)
x, y = points, labels
model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    model.train()
    for chosen in torch.randint(0, 320, (4, 32)):
        batch = x[chosen]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch), y[chosen]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        look = torch.randint(0, 320, (60,))
        print((model(x[look]).argmax(1) == y[look]).float().mean().item())
