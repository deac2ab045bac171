# Images and labels are each shuffled by themselves before they are put together.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

images, labels = train_loader.dataset.tensors
images = images[torch.randperm(len(images))]
labels = labels[torch.randperm(len(labels))]  # finding: labels-shuffled-apart
loader = DataLoader(TensorDataset(images, labels), 32, shuffle=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(2):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(sum((model(x).argmax(1) == y).sum() for x, y in val_loader))
