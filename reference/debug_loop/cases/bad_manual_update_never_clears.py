# Hand-written updates that forget to empty .grad afterwards.
# failed: zero_grad learns
import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
lr = 0.1

for epoch in range(3):
    model.train()
    for x, y in train_loader:
        loss = F.cross_entropy(model(x.view(len(x), -1)), y)
        loss.backward()  # finding: gradients-not-cleared
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
    model.eval()
    with torch.no_grad():
        n = sum((model(x.view(len(x), -1)).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, loss.item(), n)
