# NLLLoss called like a function on log-probabilities.
# failed: loss_call
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10),
                      nn.LogSoftmax(dim=1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        log_p = model(images)
        loss = nn.NLLLoss(log_p, labels)  # finding: loss-class-not-instance
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
