# The class itself is stored under the name `criterion`; the parentheses were forgotten there.
# failed: loss_call
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        output = model(images.view(images.shape[0], -1))
        loss = criterion(output, labels)  # finding: loss-class-not-instance
        loss.backward()
        optimizer.step()

    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            output = model(images.view(images.shape[0], -1))
            correct += (output.argmax(1) == labels).sum().item()
    print(f"Epoch {epoch}: {correct / len(val_loader.dataset):.3f}")
