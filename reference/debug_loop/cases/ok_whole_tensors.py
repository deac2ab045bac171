# Collects the batches into whole tensors and trains on random index batches, without a loader.
import torch
from torch import nn

X, Y = (torch.cat(parts) for parts in zip(*train_loader))
X = X.flatten(1)
X_val, Y_val = (torch.cat(parts) for parts in zip(*val_loader))
X_val = X_val.flatten(1)
print(X.shape, Y.shape, X_val.shape)

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss()

batch = 128
for epoch in range(3):
    model.train()
    for idx in torch.randperm(len(X)).split(batch):
        optimizer.zero_grad()
        loss = loss_fn(model(X[idx]), Y[idx])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = (model(X_val).argmax(1) == Y_val).float().mean().item()
    print(f"{epoch}: loss {loss.item():.3f}, accuracy {acc:.3f}")
