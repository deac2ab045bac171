# Backward passes without a single step.
# failed: learning_rate zero_grad learns validation_mode?
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images.flatten(1)), labels)
        loss.backward()  # finding: no-step
        optimizer.step
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            correct += (model(images.flatten(1)).argmax(1) == labels).sum().item()
    print(epoch, loss.item(), correct)
