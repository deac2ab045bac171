# eval() comes too late: after the validation loop.
# failed: validation_mode
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
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
            out = model(images)  # finding: validation-in-train-mode
            correct += (out.argmax(1) == labels).sum().item()
    model.eval()  # here
    print(epoch, correct / len(val_loader.dataset))
