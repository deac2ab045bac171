# A loader class of its own, over tensors that were normalised once.
import torch
from torchvision.datasets import MNIST


class Batches:
    """A loader of my own: tensors in memory, a new order each epoch."""

    def __init__(self, x, y, batch_size, shuffle):
        self.x, self.y, self.b, self.shuffle = x, y, batch_size, shuffle

    def __len__(self):
        return -(-len(self.x) // self.b)

    def __iter__(self):
        order = torch.randperm(len(self.x)) if self.shuffle else torch.arange(len(self.x))
        for idx in order.split(self.b):
            yield self.x[idx], self.y[idx]


def prepare(ds):
    return ((ds.data.float() / 255 - 0.1307) / 0.3081).unsqueeze(1), ds.targets


def make_loaders(root, batch_size):
    x, y = prepare(MNIST(root, train=True, download=True))
    n = len(x) * 5 // 6
    p = torch.randperm(len(x))
    xt, yt = prepare(MNIST(root, train=False, download=True))
    return (
        Batches(x[p[:n]], y[p[:n]], batch_size, True),
        Batches(x[p[n:]], y[p[n:]], 1000, False),
        Batches(xt, yt, 1000, False),
    )
