# No clearing at a rate so small that the accuracy is fine: only the gradients tell.
# failed: zero_grad
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.0001)
criterion = nn.CrossEntropyLoss()

for epoch in range(5):
    model.train()
    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
    model.eval()
    with torch.no_grad():
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(f"epoch {epoch}: {loss.item():.3f} {correct / len(val_loader.dataset):.3f}")
