# Zeroes each parameter's gradient in place, guarding the first step where it is None.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 300), nn.Tanh(), nn.Linear(300, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()


def clear_gradients(module):
    for param in module.parameters():
        if param.grad is not None:
            param.grad.zero_()


for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        clear_gradients(model)
        loss = criterion(model(images.flatten(start_dim=1)), labels)
        loss.backward()
        optimizer.step()

    model.eval()
    n_correct = 0
    for images, labels in val_loader:
        with torch.no_grad():
            scores = model(images.flatten(start_dim=1))
        n_correct += (scores.argmax(1) == labels).sum().item()
    print(f"[{epoch}] val: {n_correct / len(val_loader.dataset):.3%}")
