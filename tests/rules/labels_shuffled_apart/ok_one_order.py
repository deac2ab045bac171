# One order for both, in the data and in each batch.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

images, labels = train_loader.dataset.tensors
order = torch.randperm(len(images))
loader = DataLoader(TensorDataset(images[order], labels[order]), 32)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
    order = torch.randperm(len(x))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x[order]), y[order]).backward()
    optimizer.step()
