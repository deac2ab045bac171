# One final validation on all images at once, in train mode and with gradients.
# failed: validation_mode
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())

batches = list(val_loader)
x = torch.cat([images for images, _ in batches])
y = torch.cat([labels for _, labels in batches])
logits = model(x)  # finding: validation-in-train-mode, validation-tracks-gradients
print("accuracy", (logits.argmax(1) == y).float().mean().item())
