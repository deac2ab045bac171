# LBFGS calls backward itself, inside the step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=4)
images, labels = next(iter(train_loader))


def closure():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    return loss


for _ in range(3):
    optimizer.step(closure)
