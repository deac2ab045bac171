# Two layers that no module joins: the loop puts them together, once to train, once to validate.
import torch
from torch import nn
from torch.nn import functional as F

hidden, out = nn.Linear(784, 128), nn.Linear(128, 10)
optimizers = [torch.optim.SGD(layer.parameters(), lr=0.2) for layer in (hidden, out)]

for epoch in range(2):
    hidden.train(), out.train()
    for x, y in train_loader:
        logits = out(F.relu(hidden(x.flatten(1))))
        loss = F.cross_entropy(logits, y)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    hidden.eval(), out.eval()
    right = 0
    with torch.no_grad():
        for x, y in val_loader:
            logits = out(F.relu(hidden(x.flatten(1))))
            right += (logits.argmax(1) == y).sum().item()
    print(epoch, right / len(val_loader.dataset))
