# Only the loss was repaired.
# failed: learning_rate zero_grad validation_mode learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=100.0)  # finding: learning-rate-too-high
loss_func = nn.CrossEntropyLoss()

for epoch in range(2):
    for images, labels in train_loader:
        logits = model(images.view(images.shape[0], -1))
        loss = loss_func(logits, labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()

    correct = 0
    for images, labels in val_loader:
        flat = images.view(images.shape[0], -1)
        logits = model(flat)  # finding: validation-in-train-mode, validation-tracks-gradients
        correct += (logits.argmax(dim=1) == labels).sum().item()
    print(correct, loss.item())
