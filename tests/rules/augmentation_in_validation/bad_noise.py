# A data set of one's own that adds noise and mirrors, for training and for validation alike.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Noisy(Dataset):
    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, k):
        row = self.rows[k] + 0.2 * torch.randn(16)
        return (row.flip(0) if torch.rand(1) < 0.5 else row), self.labels[k]


centres = torch.randn(3, 16)
labels, held_labels = torch.randint(0, 3, (150,)), torch.randint(0, 3, (60,))
train = DataLoader(Noisy(centres[labels], labels), batch_size=25, shuffle=True)
val = DataLoader(Noisy(centres[held_labels] + 0.3 * torch.randn(60, 16), held_labels), batch_size=20)
model = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for x, y in train:
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for x, y in val:
            out = model(x)  # finding: augmentation-in-validation
            print((out.argmax(1) == y).float().mean())
