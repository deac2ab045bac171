# A rate of 2 with gradients clipped to a norm of 0.05: large number, ordinary steps.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images.flatten(1)), labels).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.05)
        optimizer.step()
    model.eval()
    with torch.no_grad():
        n = sum((model(x.flatten(1)).argmax(1) == y).sum().item() for x, y in val_loader)
    print(f"epoch {epoch}: {n / len(val_loader.dataset):.3f}")
