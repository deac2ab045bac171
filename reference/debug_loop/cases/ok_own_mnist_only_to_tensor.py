# Its own MNIST with pixels in [0, 1] and no normalisation.
import torch
import torch.nn.functional as F
import torchvision
import torchvision.transforms as T
from torch import nn
from torch.utils.data import DataLoader

train_data = torchvision.datasets.MNIST(root='/tmp/mnist', train=True, transform=T.ToTensor(), download=True)
val_data = torchvision.datasets.MNIST(root='/tmp/mnist', train=False, transform=T.ToTensor())
loaders = {
    'train': DataLoader(train_data, batch_size=100, shuffle=True, num_workers=1),
    'test': DataLoader(val_data, batch_size=100, shuffle=False, num_workers=1),
}

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=0.003)

for epoch in range(2):
    net.train()
    for i, (images, labels) in enumerate(loaders['train']):
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (i + 1) % 40 == 0:
            print('Epoch [{}/3], Step [{}], Loss: {:.4f}'.format(epoch + 1, i + 1, loss.item()))

net.eval()
with torch.no_grad():
    correct = 0
    for images, labels in loaders['test']:
        pred_y = torch.max(net(images), 1)[1]
        correct += (pred_y == labels).sum().item()
print('Test accuracy: %.3f' % (correct / len(val_data)))
