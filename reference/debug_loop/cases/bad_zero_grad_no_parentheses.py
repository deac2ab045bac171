# Names optimizer.zero_grad without calling it.
# failed: zero_grad learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad
        logits = model(images.flatten(1))
        loss = criterion(logits, labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()

    model.eval()
    with torch.no_grad():
        correct = sum((model(x.flatten(1)).argmax(1) == y).sum().item() for x, y in val_loader)
    print(f"epoch {epoch}: {correct}")
