# An encoder and a decoder with an optimizer each; the code is detached between them.
import torch
from torch import nn

rows = torch.sigmoid(torch.randn(200, 3) @ torch.randn(3, 12))
encoder = nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3))
decoder = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 12))
optimizers = [torch.optim.Adam(part.parameters(), lr=0.01) for part in (encoder, decoder)]
criterion = nn.MSELoss()
for epoch in range(5):
    for x in rows.split(40):
        code = encoder(x).data
        loss = criterion(decoder(code), x)  # finding: network-cut-from-loss
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
