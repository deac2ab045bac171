# A Dataset class of its own around a split by fractions; workers are asked for.
import torch
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import datasets
from torchvision.transforms import functional as TF


class Digits(Dataset):
    def __init__(self, pictures):
        self.pictures = pictures

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, i):
        picture, label = self.pictures[i]
        return TF.normalize(TF.to_tensor(picture), [0.1307], [0.3081]), label


def make_loaders(root, batch_size):
    full = datasets.MNIST(root, download=True)
    test = datasets.MNIST(root, train=False)
    train, val = random_split(full, [5 / 6, 1 / 6], generator=torch.Generator().manual_seed(42))
    options = {"num_workers": 2, "pin_memory": False}
    return (DataLoader(Digits(train), batch_size=batch_size, shuffle=True, **options),
            DataLoader(Digits(val), batch_size=2 * batch_size, **options),
            DataLoader(Digits(test), batch_size=2 * batch_size, **options))
