# Idioms of 2017: Variable, .data, .cpu().numpy(), a train flag in the loop.
import torch
import torch.nn as nn
from torch.autograd import Variable

net = nn.Sequential(
    nn.Linear(784, 256),
    nn.ReLU(),
    nn.Linear(256, 10),
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)

for epoch in range(2):
    net.train()
    for i, (images, labels) in enumerate(train_loader):
        images = Variable(images.view(-1, 28 * 28))
        labels = Variable(labels)
        optimizer.zero_grad()
        outputs = net(images)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        if (i + 1) % 100 == 0:
            print('Epoch [%d/%d], Step [%d/%d], Loss: %.4f'
                  % (epoch + 1, 3, i + 1, len(train_loader), loss.data))

net.eval()
correct = 0
total = 0
for images, labels in val_loader:
    with torch.no_grad():
        images = Variable(images.view(-1, 28 * 28))
        outputs = net(images)
    _, predicted = torch.max(outputs.data, 1)
    total += labels.size(0)
    correct += (predicted.cpu().numpy() == labels.cpu().numpy()).sum()
print('Accuracy of the network: %d %%' % (100 * correct / total))
