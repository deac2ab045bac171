# An imported alias of the class is called in a helper that also validates with it.
# failed: loss_call
import torch
from torch import nn
from torch.nn import CrossEntropyLoss as cross_entropy


def batch_loss(model, batch):
    images, labels = batch
    return cross_entropy(model(images), labels)  # finding: loss-class-not-instance


net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
for epoch in range(2):
    net.train()
    for batch in train_loader:
        optimizer.zero_grad()
        batch_loss(net, batch).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(epoch, sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
