# Each epoch is better than the one before, so the last weights are the best by luck.
import torch
from torch import nn


def fit(model, x, y, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    lowest = float("inf")
    for epoch in range(epochs):
        for rows, targets in zip(x.split(20), y.split(20)):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(rows), targets)
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            now = nn.functional.mse_loss(model(held), held.sum(1, keepdim=True)).item()
        if now < lowest:
            lowest = now
            best = model.state_dict()  # finding: best-weights-aliased
    model.load_state_dict(best)
    return model


x, held = torch.randn(100, 3), torch.randn(50, 3)
fit(nn.Linear(3, 1), x, x.sum(1, keepdim=True), 4)
