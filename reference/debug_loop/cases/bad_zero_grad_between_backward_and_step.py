# Clears between backward and step: the optimizer never sees a gradient, no weight ever moves.
# failed: zero_grad learns
# skipped: learning_rate
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        logits = model(images.flatten(1))
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.zero_grad()  # here
        optimizer.step()  # finding: gradients-cleared-before-step
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            correct += (model(images.flatten(1)).argmax(1) == labels).sum().item()
    print(epoch, loss.item(), correct)
