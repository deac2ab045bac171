# A while loop that draws from an iterator by hand until the loss is low enough.
import torch
import torch.nn as nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
smooth = None
steps = 0
it = iter(train_loader)
while (smooth is None or smooth > 0.2) and steps < 500:
    try:
        x, y = next(it)
    except StopIteration:
        it = iter(train_loader)
        x, y = next(it)
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    smooth = loss.item() if smooth is None else 0.95 * smooth + 0.05 * loss.item()
    steps += 1
print("stopped after", steps, "steps, smoothed loss", smooth)

net.eval()
right = 0
with torch.no_grad():
    for x, y in val_loader:
        right += (net(x).argmax(1) == y).sum().item()
print(right, "of", len(val_loader.dataset))
