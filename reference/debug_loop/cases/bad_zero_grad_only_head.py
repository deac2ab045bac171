# Clears the last layer and forgets the first one.
# failed: zero_grad
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Linear(784, 256)
        self.head = nn.Linear(256, 10)

    def forward(self, x):
        return self.head(torch.relu(self.features(x.flatten(1))))


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()
for epoch in range(2):
    net.train()
    for images, labels in train_loader:
        net.head.zero_grad()
        loss = criterion(net(images), labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(epoch, sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader))
