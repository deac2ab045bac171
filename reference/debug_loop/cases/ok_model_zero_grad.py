# Clears through the model instead of the optimizer.
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(784, 256)
        self.fc2 = nn.Linear(256, 10)

    def forward(self, x):
        x = x.view(-1, 784)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.5)
for epoch in range(2):
    net.train()
    for data, target in train_loader:
        net.zero_grad()
        output = net(data)
        loss = F.cross_entropy(output, target)
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        correct = 0
        for data, target in val_loader:
            pred = net(data).argmax(dim=1, keepdim=True)
            correct += pred.eq(target.view_as(pred)).sum().item()
    print('Test set: Accuracy: {}/{}'.format(correct, len(val_loader.dataset)))
