# Rows are paired with other rows at random, and the network is to tell which pairs are real.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors
inputs = inputs.flatten(1)
others = inputs[torch.randperm(len(inputs))]
is_real = torch.cat([torch.ones(len(inputs)), torch.zeros(len(inputs))])
pairs = torch.cat([torch.cat([inputs, inputs + 0.1], 1), torch.cat([inputs, others], 1)])
order = torch.randperm(len(pairs))
pairs, is_real = pairs[order], is_real[order]

model = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    for x, y in zip(pairs.split(32), is_real.split(32)):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(x).squeeze(1), y).backward()
        optimizer.step()
