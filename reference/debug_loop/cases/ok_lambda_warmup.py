# Linear warm-up from zero with LambdaLR, stepped per batch, up to a rather large SGD rate.
import torch
import torch.nn as nn
import torch.optim as optim

WARMUP = 60
model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = optim.SGD(model.parameters(), lr=0.3)
scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / WARMUP))
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        logits = model(images.view(images.size(0), -1))
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.step()
        scheduler.step()

    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            logits = model(images.view(images.size(0), -1))
            correct += logits.argmax(1).eq(labels).sum().item()
    print(f"after epoch {epoch}: {correct} / {len(val_loader.dataset)}")
