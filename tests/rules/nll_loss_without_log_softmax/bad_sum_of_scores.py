# Summed, with weights, in a helper.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def loss_of(outputs, labels):
    return nn.NLLLoss(weight=torch.ones(4), reduction="sum")(outputs, labels)  # finding: nll-loss-without-log-softmax


for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = loss_of(model(images), labels) + 0.001 * sum(p.pow(2).sum() for p in model.parameters())
        loss.backward()
        optimizer.step()
