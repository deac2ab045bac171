# Means to accumulate over four batches, and never clears after the step.
# failed: zero_grad learns
import torch
import torch.nn as nn

accumulation_steps = 4
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
criterion = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for i, (images, labels) in enumerate(train_loader):
        loss = criterion(model(images), labels) / accumulation_steps
        loss.backward()  # finding: gradients-not-cleared
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
