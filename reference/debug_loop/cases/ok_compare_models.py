# Compares three widths and keeps the best one.
import torch
import torch.nn as nn
import torch.nn.functional as F


def fit(model, epochs=2):
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(epochs):
        model.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    return model


def accuracy(model):
    model.eval()
    with torch.no_grad():
        return sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000


results = {}
models = {}
for width in (64, 128, 256):
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, width), nn.ReLU(), nn.Linear(width, 10))
    models[width] = fit(net)
    results[width] = accuracy(net)
    print(f"width {width:4d}: {results[width]:.3f}")

best = max(results, key=results.get)
model = models[best]
print("best width:", best)
