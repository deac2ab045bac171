# torch.no_grad() stands alone on a line: it makes a context and enters nothing.
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

    model.eval()
    torch.no_grad()
    correct = 0
    for images, labels in val_loader:
        logits = model(images)  # finding: validation-tracks-gradients
        correct += (logits.argmax(1) == labels).sum().item()
    print(epoch, correct / len(val_loader.dataset))
