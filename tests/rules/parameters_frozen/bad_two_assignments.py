# A note: which of two lines has frozen the layer isn't known, so that its own is pointed to.
import torch
from torch import nn

model = nn.Sequential(
    nn.Linear(64, 8),  # finding: parameters-frozen
    nn.Tanh(),
    nn.Linear(8, 64),
)
for w in model[0].parameters():
    w.requires_grad = False
for w in model[2].parameters():
    w.requires_grad = w is None
for w in model[2].parameters():
    w.requires_grad = True
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, _ in train_loader:
    x = images.flatten(1)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()
