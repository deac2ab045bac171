# The loss is written out with logsumexp.
import torch
from torch import nn


def cross_entropy(logits, targets):
    """Mean over the batch of log(sum(exp(z))) - z[target]."""
    picked = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (torch.logsumexp(logits, dim=1) - picked).mean()


model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        logits = model(images.flatten(1))
        loss = cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        correct = sum((model(x.flatten(1)).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, loss.item(), correct)
