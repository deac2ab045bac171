# no_grad surrounds the counting, not the forward pass.
# failed: validation_mode
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    model.eval()
    correct = 0
    for images, labels in val_loader:
        logits = model(images)  # finding: validation-tracks-gradients
        with torch.no_grad():
            predictions = logits.argmax(dim=1)
            correct += (predictions == labels).sum().item()
    print(f"{epoch}: {loss.item():.4f} {correct}")
