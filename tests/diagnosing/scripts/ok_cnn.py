"""A convolutional network on pictures of its own making."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
shapes = torch.rand(6, 3, 8, 8)
labels = torch.randint(0, 6, (360,))
images = shapes[labels] + 0.2 * torch.randn(360, 3, 8, 8)
train = DataLoader(TensorDataset(images[:300], labels[:300]), batch_size=32, shuffle=True, num_workers=2)
test = DataLoader(TensorDataset(images[300:], labels[300:]), batch_size=60)

model = nn.Sequential(
    nn.Conv2d(3, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    nn.Dropout(0.2), nn.Linear(24, 6),
)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for epoch in range(3):
    model.train()
    for x, y in train:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = sum((model(x).argmax(1) == y).sum().item() for x, y in test)
    print(f"epoch {epoch}: {right / 60:.2f}")
