# Two data sets of the program's own over the same rows: windows over a text, which are all different.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

draw = torch.Generator().manual_seed(2)
text = torch.randint(0, 9, (900,), generator=draw)
windows = text.unfold(0, 13, 4)[:160]


class Windows(Dataset):
    def __init__(self, rows):
        self.rows, self.labels = rows[:, :-1], rows[:, 1:]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, k):
        return self.rows[k], self.labels[k]


train, held = DataLoader(Windows(windows), 16, shuffle=True), DataLoader(Windows(windows), 40)  # finding: same-data-for-both
model = nn.Sequential(nn.Embedding(9, 16), nn.Linear(16, 9))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for x, y in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x).transpose(1, 2), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for x, y in held:
            right = (model(x).argmax(-1) == y).float().mean()
