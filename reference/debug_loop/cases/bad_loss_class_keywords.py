# Calls the loss class with input= and target=.
# failed: loss_call
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        scores = model(images)
        loss = nn.CrossEntropyLoss(input=scores, target=labels)  # finding: loss-class-not-instance
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
