"""An autoencoder whose validation leaves dropout on."""
import torch
from torch import nn

torch.manual_seed(0)
basis = torch.randn(3, 12)
rows, held = torch.randn(256, 3) @ basis, torch.randn(64, 3) @ basis
coder = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 3), nn.Linear(3, 12))
optimizer = torch.optim.Adam(coder.parameters(), lr=0.01)
train = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rows), 32, shuffle=True)
check = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(held), 32)
for epoch in range(6):
    coder.train()
    for (x,) in train:
        loss = nn.functional.mse_loss(coder(x), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for (x,) in check:
            print(nn.functional.mse_loss(coder(x), x).item())  # finding: validation-in-train-mode
