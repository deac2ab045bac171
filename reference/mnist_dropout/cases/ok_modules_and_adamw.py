# An nn.Module with one nn.Dropout for both places, AdamW at the given rate, and log-probabilities.
import torch
from torch import nn
import torch.nn.functional as F


class MNISTClassifierWithDropout(nn.Module):
    def __init__(self, dropout_rate: float = 0.3) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 256)
        self.fc2 = nn.Linear(256, 128)
        self.fc3 = nn.Linear(128, 10)
        self.drop = nn.Dropout(dropout_rate)

    def forward(self, x):
        x = torch.flatten(x, 1)
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return F.log_softmax(self.fc3(x), dim=-1)

    def train_mode(self):
        return self.train()

    def eval_mode(self):
        return self.eval()


def accuracy(model, loader):
    with torch.inference_mode():
        return sum((model(x).argmax(-1) == y).sum().item() for x, y in loader) / len(loader.dataset)


def train_model(model, epochs, lr, has_dropout):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    history = []
    for _ in range(epochs):
        model.train_mode() if has_dropout else model.train()
        for x, y in train_loader:
            optimizer.zero_grad(set_to_none=True)
            F.nll_loss(model(x), y).backward()
            optimizer.step()
        model.eval_mode() if has_dropout else model.eval()
        history.append((accuracy(model, train_loader), accuracy(model, val_loader)))
    return history
