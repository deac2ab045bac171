# One dataset, two samplers.
import torch
from torch import nn
from torch.utils.data import DataLoader, SubsetRandomSampler

data = train_loader.dataset
train = DataLoader(data, 16, sampler=SubsetRandomSampler(range(200)))
val = DataLoader(data, 28, sampler=SubsetRandomSampler(range(200, 256)))
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for images, labels in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    was = model.training
    model.eval()
    with torch.no_grad():
        [model(images) for images, _ in val]
    model.train(was)
