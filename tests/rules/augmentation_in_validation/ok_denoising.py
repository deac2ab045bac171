# A denoiser: the noise is what it is asked to take off, in the validation too.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, k):
        return self.rows[k] + 0.3 * torch.randn(12), self.rows[k]


basis = torch.randn(3, 12)
train = DataLoader(Noisy(torch.randn(160, 3) @ basis), batch_size=20, shuffle=True)
val = DataLoader(Noisy(torch.randn(40, 3) @ basis), batch_size=20)
model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 12))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for x, y in train:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(sum(nn.functional.mse_loss(model(x), y).item() for x, y in val))
