# Inputs and labels are put into one order, and each epoch's batches into another.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors
order = torch.randperm(len(inputs))
inputs, labels = inputs[order], labels[order]

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    order = torch.randperm(len(inputs))
    for chosen in order.split(32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs[chosen]), labels[chosen]).backward()
        optimizer.step()
