# Test-time augmentation: the mean of what the model says of five random views of each picture.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import transforms

patterns = torch.rand(4, 1, 12, 12)
labels = torch.randint(0, 4, (240,))
images = patterns[labels] + 0.1 * torch.randn(240, 1, 12, 12)


class Pictures(Dataset):
    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, k):
        return self.transform(self.images[k]), self.labels[k]


augment = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.RandomCrop(12, padding=2)])
train, val = random_split(Pictures(images, labels, augment), [180, 60])
batches, held = DataLoader(train, 20, shuffle=True), DataLoader(val, 30)
model = nn.Sequential(nn.Flatten(), nn.Linear(144, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(4):
    model.train()
    for x, y in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        views = [torch.cat([model(x).softmax(1) for x, _ in held]) for _ in range(5)]
        told = torch.stack(views).mean(0).argmax(1)
    print(epoch, (told == torch.cat([y for _, y in held])).float().mean())
