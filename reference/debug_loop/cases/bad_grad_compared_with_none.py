# Writes p.grad == None, a comparison, where an assignment was meant.
# failed: zero_grad learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
ce = nn.CrossEntropyLoss()

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        for p in model.parameters():
            p.grad == None
        ce(model(images), labels).backward()  # finding: gradients-not-cleared
        optimizer.step()
    model.eval()
    with torch.inference_mode():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
