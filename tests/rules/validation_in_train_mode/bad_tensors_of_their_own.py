# Two tensors that come from nowhere in common, as from two files; the second one's labels stand by.
import torch
from torch import nn

inputs, targets = (one.clone() for one in train_loader.dataset.tensors)
held_inputs, held_targets = (one.clone() for one in val_loader.dataset.tensors)

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    for x, y in zip(inputs.split(32), targets.split(32)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    with torch.no_grad():
        right = model(held_inputs).argmax(1) == held_targets  # finding: validation-in-train-mode
    print(right.float().mean())
