# A rate so small that nothing moves.
# failed: learning_rate learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-9)  # finding: learning-rate-too-low
criterion = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000
    print(f"epoch {epoch}: loss {loss.item():.4f}, accuracy {acc:.3f}")
