# Rows of one kind are drawn together, by a loss that is written out; an order stands by as well.
import torch
from torch import nn

centres = torch.randn(4, 64)
kinds, held_kinds = torch.randint(0, 4, (240,)), torch.randint(0, 4, (60,))
inputs = centres[kinds] + torch.randn(240, 64)
held_inputs = centres[held_kinds] + torch.randn(60, 64)
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
