# All four bugs repaired, but it stops after forty batches at a low rate.
# failed: learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

model.train()
for i, (images, labels) in enumerate(train_loader):
    if i == 40:  # here
        break  # here
    optimizer.zero_grad()
    loss = criterion(model(images.flatten(1)), labels)
    loss.backward()
    optimizer.step()

model.eval()
with torch.no_grad():
    correct = sum((model(x.flatten(1)).argmax(1) == y).sum().item() for x, y in val_loader)
print(loss.item(), correct / len(val_loader.dataset))
