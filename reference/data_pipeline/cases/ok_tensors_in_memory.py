# All images normalised once and kept as tensors; the split by a permutation; a list is returned.
import torch
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST


def tensors(root, train):
    raw = MNIST(root, train=train, download=True)
    images = raw.data.unsqueeze(1).float().div(255).sub(0.1307).div(0.3081)
    return images, raw.targets


def make_loaders(root, batch_size):
    images, labels = tensors(root, True)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    cut = round(len(images) / 6)
    val, train = order[:cut], order[cut:]
    return [
        DataLoader(TensorDataset(images[train], labels[train]), batch_size, shuffle=True, drop_last=True),
        DataLoader(TensorDataset(images[val], labels[val]), 500),
        DataLoader(TensorDataset(*tensors(root, False)), 500),
    ]
