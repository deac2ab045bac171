"""Looking at loaders: some batches, and which images an epoch gives in which order."""

import hashlib
import random

import numpy as np
import torch
import torchvision
from torch.utils.data import BatchSampler, DataLoader, Subset

LEVELS = (64.5 / 254.5, 128.45 / 254.5, 192.5 / 254.5)
"""Between 0 (the darkest pixel) and 1 (the brightest), and not close to any pixel of MNIST."""

LEVEL_OF_BYTE = np.digitize(np.arange(256), [65, 129, 193]).astype(np.uint8)
"""The same for raw pixels: the darkest is always 0, and the brightest 254 or 255."""


def keys(images):
    """A number for each image that tells it from all others, however it was scaled.

    images  (N, anything that makes 784 pixels), raw uint8 or scaled floats
    Returns (N,) int64
    """
    pixels = images.reshape(len(images), -1)
    if pixels.dtype == torch.uint8:
        levels = LEVEL_OF_BYTE[pixels.numpy()]
    else:
        pixels = pixels.to(torch.float32)
        low, high = pixels.amin(1, keepdim=True), pixels.amax(1, keepdim=True)
        levels = np.digitize(((pixels - low) / (high - low)).numpy(), LEVELS).astype(np.uint8)
    digests = [hashlib.blake2b(row.data, digest_size=8).digest() for row in levels]
    return torch.from_numpy(np.frombuffer(b"".join(digests), dtype=np.int64).copy())


def count(loaders):
    """How many there are."""
    return len(loaders)


def asked_for(loader):
    """How many images a loader's own sampler names in an epoch; None where that can't be told."""
    batches = getattr(loader, "batch_sampler", None)
    return len(batches.sampler) if type(batches) is BatchSampler else None


def some(loader, rows, seed):
    """The first batch, others from anywhere in the epoch, until there are ``rows`` images; the last.

    A loader of torch's own loads these batches alone; any other one goes through its epoch.
    """
    is_plain = type(loader) is DataLoader and type(loader.batch_sampler) is BatchSampler
    batches = list(loader.batch_sampler if is_plain else loader)
    anywhere = list(range(1, len(batches) - 1))
    random.Random(seed).shuffle(anywhere)
    chosen = [0, *anywhere][: max(1, -(-rows // max(size_of(batches[0]), 1)))] if batches else []
    if len(batches) > 1:
        chosen = [*chosen[: len(batches) - 1], len(batches) - 1]
    found = [batches[number] for number in chosen]
    if is_plain:
        found = [loader.collate_fn([loader.dataset[i] for i in indices]) for indices in found]
    return [list(batch) if isinstance(batch, (list, tuple)) else batch for batch in found]


def size_of(batch):
    """How many images a batch has, or would have."""
    is_pair = isinstance(batch, (list, tuple)) and batch and hasattr(batch[0], "__len__")
    return len(batch[0]) if is_pair else len(batch)


class Epochs:
    """Which images the epochs of loaders give; reads each data set's pixels once."""

    def __init__(self):
        self.known = {}

    def order(self, loader):
        """The keys of the images of one epoch in their order; a text if it gives no images."""
        path = positions(loader)
        if path is not None:
            dataset, indices = path
            if id(dataset) not in self.known:
                self.known[id(dataset)] = dataset, keys(dataset.data)
            return self.known[id(dataset)][1][torch.tensor(indices, dtype=torch.long)]
        found = []
        for batch in loader:
            images = batch[0] if isinstance(batch, (list, tuple)) and batch else batch
            if not isinstance(images, torch.Tensor) or images.numel() != 784 * len(images):
                return "a batch holds no images of 28 by 28 pixels"
            found.append(keys(images))
        return torch.cat(found) if found else torch.empty(0, dtype=torch.long)


def positions(loader):
    """The data set and the indices of one epoch, without loading an image.

    None where a loader or a data set is not one of torch's own: then only the images tell.
    """
    if type(loader) is not DataLoader or type(loader.batch_sampler) is not BatchSampler:
        return None
    indices = [int(index) for batch in loader.batch_sampler for index in batch]
    dataset = loader.dataset
    while type(dataset) is Subset:
        indices = [int(dataset.indices[index]) for index in indices]
        dataset = dataset.dataset
    return (dataset, indices) if type(dataset) is torchvision.datasets.MNIST else None
