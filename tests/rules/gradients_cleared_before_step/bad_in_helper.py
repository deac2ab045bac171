# A helper that makes the step clears first.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.01)


def update(loss):
    loss.backward()
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()  # finding: gradients-cleared-before-step


for epoch in range(3):
    for images, labels in train_loader:
        update(nn.functional.cross_entropy(model(images), labels))
