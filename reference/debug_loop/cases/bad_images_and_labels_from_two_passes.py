# Images and labels come from two passes over a shuffled loader, so they don't belong together.
# failed: learns
import torch
from torch import nn

X = torch.cat([images for images, _ in train_loader]).flatten(1)  # here
Y = torch.cat([labels for _, labels in train_loader])  # here
X_val = torch.cat([images for images, _ in val_loader]).flatten(1)
Y_val = torch.cat([labels for _, labels in val_loader])

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for idx in torch.randperm(len(X)).split(128):
        optimizer.zero_grad()
        loss = loss_fn(model(X[idx]), Y[idx])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, loss.item(), (model(X_val).argmax(1) == Y_val).float().mean().item())
