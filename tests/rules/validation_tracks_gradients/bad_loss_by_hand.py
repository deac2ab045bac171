# Rows of one kind are drawn together, by a loss that is written out; an order stands by as well.
import torch
from torch import nn

inputs, kinds = (one.clone() for one in train_loader.dataset.tensors)
held_inputs, held_kinds = (one.clone() for one in val_loader.dataset.tensors)
order = torch.randperm(len(inputs))
inputs, kinds = inputs[order], kinds[order]

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for x, y in zip(inputs.split(32), kinds.split(32)):
        points = nn.functional.normalize(model(x), dim=1)
        alike = (points @ points.T * 2).log_softmax(1)
        same = (y[:, None] == y[None, :]).float()
        loss = -(alike * same).sum(1).mean() / 8
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    points = nn.functional.normalize(model(held_inputs), dim=1)  # finding: validation-tracks-gradients
    same = held_kinds[:, None] == held_kinds[None, :]
    print(epoch, float((points @ points.T)[same].mean()))
