# A batch goes through the same transform again, by its function and flattened first.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms as T

patterns = torch.rand(4, 1, 10, 10)
labels = torch.randint(0, 4, (160,))
images = (patterns[labels] + 0.1 * torch.randn(160, 1, 10, 10)).clamp(0, 1)


class Pictures(Dataset):
    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, k):
        return self.transform(self.images[k]), self.labels[k]


data = Pictures(images, labels, T.Normalize((0.5,), (0.5,)))
train, rest = torch.utils.data.random_split(data, [120, 40])
batches = DataLoader(train, batch_size=20)
model = nn.Sequential(nn.Flatten(), nn.Linear(100, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(2):
    for x, y in batches:
        x = T.functional.normalize(x, [0.5], [0.5])
        out = model(x.flatten(1))  # finding: inputs-normalised-twice
        optimizer.zero_grad()
        nn.functional.cross_entropy(out, y).backward()
        optimizer.step()
