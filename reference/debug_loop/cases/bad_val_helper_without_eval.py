# A helper with no_grad that trusts its caller to switch the mode; the caller does not.
# failed: validation_mode
import torch
import torch.nn as nn


@torch.no_grad()
def evaluate(model, loader, criterion):
    loss_sum = correct = 0
    for images, labels in loader:
        logits = model(images)  # finding: validation-in-train-mode
        loss_sum += criterion(logits, labels).item() * len(labels)
        correct += (logits.argmax(1) == labels).sum().item()
    return loss_sum / len(loader.dataset), correct / len(loader.dataset)


model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.5),
                      nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    val_loss, val_acc = evaluate(model, val_loader, criterion)
    print(f"epoch {epoch}: {val_loss:.4f} {val_acc:.3f}")
