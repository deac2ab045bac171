# A rate of 3: never NaN, but the first steps kill the hidden units and the net only guesses.
# failed: learning_rate learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=3.0)  # finding: learning-rate-too-high
criterion = nn.CrossEntropyLoss()

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images.flatten(1)), labels)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        n = sum((model(x.flatten(1)).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, loss.item(), n / len(val_loader.dataset))
