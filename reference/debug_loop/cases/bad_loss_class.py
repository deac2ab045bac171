# The loss class is called with the batch; everything else is repaired.
# failed: loss_call
import torch
import torch.nn as nn

model = nn.Sequential(
    nn.Linear(784, 256),
    nn.ReLU(),
    nn.Linear(256, 10)
)

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()

        images = images.view(images.shape[0], -1)
        logits = model(images)

        loss = nn.CrossEntropyLoss(logits, labels)  # here  # finding: loss-class-not-instance

        loss.backward()
        optimizer.step()

    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            logits = model(images.view(images.shape[0], -1))
            correct += (logits.argmax(dim=1) == labels).sum().item()

    print(f"Epoch {epoch+1} | Loss: {loss.item():.4f} | Val Acc: {correct/10:.1f}%")
