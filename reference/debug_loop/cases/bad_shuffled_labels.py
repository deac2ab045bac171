# The labels of each batch are shuffled: there is nothing to learn, whatever the rate.
# failed: learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        labels = labels[torch.randperm(len(labels))]  # here
        optimizer.zero_grad()
        loss = criterion(model(images), labels)  # finding: labels-shuffled-apart
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, loss.item(), sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
