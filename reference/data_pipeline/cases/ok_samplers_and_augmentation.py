# Two views of the training set, one that turns its images a little; samplers choose the parts.
import numpy as np
import torch
from torch.utils.data import DataLoader, SubsetRandomSampler, Subset
from torchvision import datasets, transforms

STATS = {"mean": (0.1307,), "std": (0.3081,)}


def make_loaders(root, batch_size):
    plain = transforms.Compose([transforms.ToTensor(), transforms.Normalize(**STATS)])
    turned = transforms.Compose([transforms.RandomRotation(8), plain])
    for_train = datasets.MNIST(root=root, train=True, download=True, transform=turned)
    for_val = datasets.MNIST(root=root, train=True, download=True, transform=plain)
    test = datasets.MNIST(root=root, train=False, download=True, transform=plain)

    indices = np.random.default_rng(7).permutation(len(for_train))
    n = int(len(indices) * 50000 / 60000)
    return (
        DataLoader(for_train, batch_size=batch_size, sampler=SubsetRandomSampler(indices[:n].tolist())),
        DataLoader(Subset(for_val, indices[n:].tolist()), batch_size=1000),
        DataLoader(test, batch_size=1000),
    )
