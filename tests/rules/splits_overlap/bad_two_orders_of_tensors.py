# Two orders are drawn, and each part is taken from another one; there is no loader.
import torch
from torch import nn

centres = torch.randn(4, 12)
labels = torch.randint(0, 4, (320,))
points = 2 * centres[labels] + torch.randn(320, 12)
one, two = torch.randperm(320), torch.randperm(320)
x, y, held, held_y = points[one[:240]], labels[one[:240]], points[two[240:]], labels[two[240:]]
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
        scores = model(held)  # finding: splits-overlap
        print((scores.argmax(1) == held_y).float().mean().item())
