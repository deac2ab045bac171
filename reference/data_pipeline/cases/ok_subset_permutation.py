# A permutation of 60,000 indices, cut in two and given to Subset.
import torch
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms


def make_loaders(root, batch_size):
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    full = datasets.MNIST(root, train=True, download=True, transform=transform)
    test = datasets.MNIST(root, train=False, download=True, transform=transform)
    indices = torch.randperm(60000).tolist()
    return (
        DataLoader(Subset(full, indices[:50000]), batch_size=batch_size, shuffle=True),
        DataLoader(Subset(full, indices[50000:]), batch_size=batch_size),
        DataLoader(test, batch_size=batch_size),
    )
