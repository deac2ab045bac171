# Calls model.forward(x) instead of model(x).
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        prediction = model.forward(images)
        loss = criterion.forward(prediction, labels)
        loss.backward()
        optimizer.step()

    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            prediction = model.forward(images)
            correct += (prediction.argmax(1) == labels).sum().item()
    print("Epoch", epoch + 1, "accuracy", correct / len(val_loader.dataset))
