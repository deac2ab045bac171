# Rate of 100 and no clearing.
# failed: learning_rate zero_grad learns
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(784, 256)
        self.l2 = nn.Linear(256, 10)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        return self.l2(torch.relu(self.l1(x)))


net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=1e2)  # finding: learning-rate-too-high

for epoch in range(2):
    net.train()
    running = 0.0
    for i, data in enumerate(train_loader, 0):
        inputs, labels = data
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
        running += loss.item()
    print('[%d] loss: %.3f' % (epoch + 1, running / (i + 1)))

    net.eval()
    correct = 0
    with torch.no_grad():
        for data in val_loader:
            images, labels = data
            _, predicted = torch.max(net(images).data, 1)
            correct += (predicted == labels).sum().item()
    print('Accuracy: %d %%' % (100 * correct / 1000))
