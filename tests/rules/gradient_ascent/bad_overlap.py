# A plus in an update by hand, and a loss that is 1 less the overlap (Dice).
import torch
from torch import nn

draw = torch.Generator().manual_seed(3)
masks = (torch.rand(96, 8, 8, generator=draw) > 0.6).float()
images = masks[:, None] + 0.3 * torch.randn(96, 1, 8, 8, generator=draw)
model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
for epoch in range(8):
    for x, y in zip(images.split(32), masks.split(32)):
        sure = model(x).sigmoid().squeeze(1)
        loss = 1 - (2 * (sure * y).sum() + 1) / (sure.sum() + y.sum() + 1)
        model.zero_grad()
        loss.backward()  # finding: gradient-ascent
        with torch.no_grad():
            for p in model.parameters():
                p += 0.1 * p.grad
