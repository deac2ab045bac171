# Clears every fourth step but steps every time: neither accumulation nor plain training.
# failed: zero_grad
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for i, (images, labels) in enumerate(train_loader):
        if i % 4 == 0:
            optimizer.zero_grad()
        criterion(model(images), labels).backward()  # finding: gradients-not-cleared
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
