# Tensors cut by slices counted for 60,000 images, and an average of the later epochs as the result.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets


def load(train):
    digits = datasets.MNIST("mnist", train=train, download=True)
    return digits.data.float().div(255).sub(0.1307).div(0.3081).unsqueeze(1), digits.targets


images, labels = load(train=True)
test_images, test_labels = load(train=False)
train_dl = DataLoader(TensorDataset(images[:50_000], labels[:50_000]), 64, shuffle=True)
val_images, val_labels = images[50_000:], labels[50_000:]

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 10))
average = torch.optim.swa_utils.AveragedModel(net)
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


for epoch in range(5):
    net.train()
    for x, y in train_dl:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    if epoch > 1:
        average.update_parameters(net)
    print(epoch, accuracy(net, val_images, val_labels))
print("test", accuracy(average, test_images, test_labels))
