"""Make the loaders that a training reads MNIST from."""

import torch
from torchvision import datasets, transforms


def make_loaders(root, batch_size):
    """Three loaders over MNIST: for training, for validation and for the final test.

    root        the folder that holds MNIST, or that it is downloaded to
    batch_size  how many images a training batch has

    Returns (train_loader, val_loader, test_loader). Each yields batches of images
    (N, 1, 28, 28), float32 and normalised, and labels (N,), int64.
    """
    raise NotImplementedError("write make_loaders")
