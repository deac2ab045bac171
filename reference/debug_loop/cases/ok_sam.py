# Sharpness-aware minimisation: two backward passes for each step, cleared in between.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
rho = 0.05

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        with torch.no_grad():
            norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
            shifts = [rho * p.grad / (norm + 1e-12) for p in model.parameters()]
            for p, e in zip(model.parameters(), shifts):
                p.add_(e)
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        with torch.no_grad():
            for p, e in zip(model.parameters(), shifts):
                p.sub_(e)
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
