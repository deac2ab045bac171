# A schedule meant for epochs is stepped per batch: after twenty batches the rate is nothing.
# failed: learning_rate learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.3)
criterion = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()  # finding: scheduler-per-batch
    model.eval()
    with torch.no_grad():
        print(epoch, loss.item(), sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
