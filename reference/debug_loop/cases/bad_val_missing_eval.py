# Gradients are off in validation, the model stays in train mode; with dropout it shows.
# failed: validation_mode
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.3),
                      nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()

    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            logits = model(images)  # here  # finding: validation-in-train-mode
            correct += (logits.argmax(1) == labels).sum().item()
    print(epoch, correct / len(val_loader.dataset))
