# Clips the gradient norm between backward and step.
import torch
import torch.nn as nn
from torch.nn.utils import clip_grad_norm_

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.15)
criterion = nn.CrossEntropyLoss()

norms = []
for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images.flatten(1)), labels)
        loss.backward()
        norms.append(clip_grad_norm_(model.parameters(), max_norm=1.0).item())
        optimizer.step()
    model.eval()
    with torch.no_grad():
        correct = sum((model(i.flatten(1)).argmax(1) == l).sum().item() for i, l in val_loader)
    print(f"largest gradient norm {max(norms):.2f}, accuracy {correct / len(val_loader.dataset):.3f}")
