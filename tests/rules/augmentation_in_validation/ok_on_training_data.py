# After each epoch the model is measured on the augmented training data itself.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Jittered(Dataset):
    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, k):
        return self.rows[k] + 0.1 * torch.randn(10), self.labels[k]


labels = torch.randint(0, 3, (90,))
data = Jittered(torch.randn(3, 10)[labels], labels)
batches, again = DataLoader(data, batch_size=15, shuffle=True), DataLoader(data, batch_size=30)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for x, y in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(sum((model(x).argmax(1) == y).sum().item() for x, y in again))  # finding: same-data-for-both
