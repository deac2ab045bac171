# A regression: one activation is there, and one is not.
import torch
from torch import nn

model = nn.Sequential(
    nn.Linear(64, 32),
    nn.Tanh(),
    nn.Linear(32, 16),
    nn.Linear(16, 1),  # finding: no-nonlinearity
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
for images, labels in train_loader:
    x = images.flatten(1)
    loss = nn.functional.mse_loss(model(x), x[:, :4].sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
