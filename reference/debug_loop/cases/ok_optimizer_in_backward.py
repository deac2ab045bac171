# Each parameter is updated by a hook during backward, and its gradient dropped at once.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizers = {p: torch.optim.SGD([p], lr=0.1) for p in model.parameters()}


def update(p):
    optimizers[p].step()
    optimizers[p].zero_grad()


for p in model.parameters():
    p.register_post_accumulate_grad_hook(update)

criterion = nn.CrossEntropyLoss()
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        criterion(model(images), labels).backward()
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            correct += (model(images).argmax(1) == labels).sum().item()
    print(epoch, correct / len(val_loader.dataset))
