# Full-batch training: forty steps, each on all training images at once.
import torch
import torch.nn.functional as F
from torch import nn

images, labels = map(torch.cat, zip(*list(train_loader)))
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)

net.train()
for step in range(40):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(images), labels)
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, loss.item())

net.eval()
with torch.no_grad():
    correct = sum(net(x).argmax(1).eq(y).sum() for x, y in val_loader).item()
print("validation:", correct / 1000)
