# The first 50,000 images for training, the last 10,000 for validation, by Subset.
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms


def make_loaders(root, batch_size):
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    full = datasets.MNIST(root, train=True, download=True, transform=transform)
    test = datasets.MNIST(root, train=False, download=True, transform=transform)
    train = Subset(full, range(50000))
    val = Subset(full, range(50000, 60000))
    return (
        DataLoader(train, batch_size=batch_size, shuffle=True),
        DataLoader(val, batch_size=batch_size),
        DataLoader(test, batch_size=batch_size),
    )
