# The test images are not normalised.
# failed: normalised
# says: scaled to 0..1 and not normalised
import torch
from torch.utils.data import DataLoader, Subset, random_split
from torchvision import datasets, transforms


def make_loaders(root, batch_size):
    transform = transforms.Compose([
        transforms.ToTensor(),
        transforms.Normalize((0.1307,), (0.3081,)),
    ])
    full = datasets.MNIST(root, train=True, download=True, transform=transform)
    test = datasets.MNIST(root, train=False, download=True, transform=transforms.ToTensor())
    train, val = random_split(full, [50000, 10000])
    train_loader = DataLoader(train, batch_size=batch_size, shuffle=True)
    val_loader = DataLoader(val, batch_size=256, shuffle=False)
    test_loader = DataLoader(test, batch_size=256, shuffle=False)
    return train_loader, val_loader, test_loader
