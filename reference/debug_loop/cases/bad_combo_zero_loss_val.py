# Only the rate was repaired.
# failed: zero_grad loss_call validation_mode learns
import torch
import torch.nn as nn

model = nn.Sequential(
    nn.Linear(784, 256),
    nn.ReLU(),
    nn.Linear(256, 10)
)

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)  # fixed bug 1

for epoch in range(1):
    for images, labels in train_loader:
        images = images.view(images.shape[0], -1)
        logits = model(images)

        loss = nn.CrossEntropyLoss(logits, labels)  # finding: loss-class-not-instance

        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()

    correct = 0
    total = 0
    for images, labels in val_loader:
        images = images.view(images.shape[0], -1)
        logits = model(images)  # finding: validation-in-train-mode, validation-tracks-gradients
        predictions = logits.argmax(dim=1)
        correct += (predictions == labels).sum().item()
        total += images.shape[0]

    print(f"Epoch {epoch+1} | Loss: {loss.item():.4f} | Val Acc: {100*correct/total:.1f}%")
