# Both parts are chosen from one array with replacement, and copied into data sets of their own.
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

draw = np.random.default_rng(3)
everything = draw.normal(size=(400, 6)).astype(np.float32)
order = draw.permutation(400)


class Table(Dataset):
    def __init__(self, numbers):
        self.rows = everything[numbers]
        self.classes = (self.rows.sum(1) > 0).astype(np.int64)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, k):
        return self.rows[k], self.classes[k]


fit_on, check_on = Table(order[:300]), Table(draw.permutation(400)[:100])
model = nn.Sequential(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    for rows, classes in DataLoader(fit_on, batch_size=30, shuffle=True):
        loss = nn.functional.cross_entropy(model(rows), classes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.inference_mode():
        right = 0
        for rows, classes in DataLoader(check_on, batch_size=50):
            right += (model(rows).argmax(1) == classes).sum().item()  # finding: splits-overlap
    model.train()
    print(right / 100)
