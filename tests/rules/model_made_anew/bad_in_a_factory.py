# A note: a factory is called in each epoch; the same slices of a tensor each time.
import torch
from torch import nn

inputs, labels = train_loader.dataset.tensors


def build():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(64, 4),
    )


for epoch in range(3):
    model = build()  # finding: model-made-anew
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for x, y in zip(inputs.split(32), labels.split(32)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
