# Only the validation was repaired.
# failed: learning_rate zero_grad loss_call learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=100.0)  # finding: learning-rate-too-high

for epoch in range(3):
    for images, labels in train_loader:
        images = images.view(images.shape[0], -1)
        logits = model(images)
        loss = nn.CrossEntropyLoss(logits, labels)  # finding: loss-class-not-instance
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()

    # Validation
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in val_loader:
            images = images.view(images.shape[0], -1)
            logits = model(images)
            correct += (logits.argmax(dim=1) == labels).sum().item()
            total += images.shape[0]
    model.train()
    print(f"Epoch {epoch+1} | Val Acc: {100*correct/total:.1f}%")
