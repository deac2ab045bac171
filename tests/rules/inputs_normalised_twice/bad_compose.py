# Two equal transforms one after the other, for pictures of three colours.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms as T

patterns = torch.rand(4, 3, 10, 10)
labels = torch.randint(0, 4, (160,))
images = (patterns[labels] + 0.1 * torch.randn(160, 3, 10, 10)).clamp(0, 1)


class Pictures(Dataset):
    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, k):
        return self.transform(self.images[k]), self.labels[k]


usual = T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
change = T.Compose([usual, T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
batches = DataLoader(Pictures(images, labels, change), batch_size=20, shuffle=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(300, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(2):
    for x, y in batches:
        out = model(x)  # finding: inputs-normalised-twice
        optimizer.zero_grad()
        nn.functional.cross_entropy(out, y).backward()
        optimizer.step()
