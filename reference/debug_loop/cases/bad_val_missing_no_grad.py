# Switches to eval mode, but records gradients while validating.
# failed: validation_mode
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images.flatten(1)), labels)
        loss.backward()
        optimizer.step()

    model.eval()
    correct = 0
    for images, labels in val_loader:
        logits = model(images.flatten(1))  # finding: validation-tracks-gradients
        correct += (logits.argmax(1) == labels).sum().item()
    print(f"Epoch {epoch + 1}: {correct / len(val_loader.dataset):.1%}")
