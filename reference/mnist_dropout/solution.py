"""Reference solution of `mnist_dropout` (lesson 1.3 §5): two dropouts against learning by heart."""
# ruff: noqa: F821 -- train_loader and val_loader come from outside

import math

import torch
from torch.nn import functional


class ManualLinear:
    """A linear layer, y = x Wᵀ + b."""

    def __init__(self, in_features, out_features):
        # Scaled first, then asked for gradients: so the weight is a leaf, and gets its .grad.
        std = math.sqrt(2.0 / in_features)
        self.weight = (torch.randn(out_features, in_features) * std).requires_grad_()
        self.bias = torch.zeros(out_features, requires_grad=True)

    def __call__(self, x):
        """Maps x (batch, in_features) -> (batch, out_features)."""
        return x @ self.weight.T + self.bias

    def parameters(self):
        """What training changes."""
        return [self.weight, self.bias]


class ManualDropout:
    """Drops each number with probability ``p`` while ``training`` is true."""

    def __init__(self, p):
        self.p = p
        self.training = True

    def __call__(self, x):
        """Maps x of any shape -> the same shape."""
        if not self.training:
            return x
        # A number of its own for each element, anew in each call. What stays grows by as much as
        # is lost on average, so that the next layer sees the same size of numbers in both modes.
        keep = torch.rand_like(x) >= self.p
        return x * keep / (1 - self.p)


class MNISTClassifierWithDropout:
    """784-256-128-10, with a ReLU and a dropout after each of the first two layers."""

    def __init__(self, dropout_rate):
        self.layer1 = ManualLinear(784, 256)
        self.dropout1 = ManualDropout(dropout_rate)
        self.layer2 = ManualLinear(256, 128)
        self.dropout2 = ManualDropout(dropout_rate)
        self.layer3 = ManualLinear(128, 10)

    def __call__(self, x):
        """Maps images (batch, 1, 28, 28) -> logits (batch, 10)."""
        x = x.flatten(1)  # (batch, 784)
        x = self.dropout1(self.layer1(x).clamp(min=0))  # (batch, 256)
        x = self.dropout2(self.layer2(x).clamp(min=0))  # (batch, 128)
        return self.layer3(x)  # (batch, 10); a dropped logit would be a wrong answer

    def train_mode(self):
        """Both dropouts drop."""
        self.dropout1.training = self.dropout2.training = True

    def eval_mode(self):
        """Neither does."""
        self.dropout1.training = self.dropout2.training = False

    def parameters(self):
        """What training changes: three weights and three biases."""
        return [p for layer in (self.layer1, self.layer2, self.layer3) for p in layer.parameters()]


class Score:
    """The accuracy over the images that it was shown."""

    def __init__(self):
        self.correct = self.count = 0

    def add(self, logits, labels):
        """Take in one batch; batches may have different sizes."""
        self.correct += (logits.argmax(dim=1) == labels).sum().item()
        self.count += len(labels)

    def share(self):
        """The share of right answers."""
        return self.correct / self.count


def train_epoch(model, lr):
    """One pass over the training images, with an update for each batch."""
    seen = Score()
    for images, labels in train_loader:
        logits = model(images)
        loss = functional.cross_entropy(logits, labels)
        for p in model.parameters():
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                p.sub_(lr * p.grad)
        seen.add(logits, labels)
    return seen.share()


@torch.no_grad()
def validate(model):
    """One pass over the validation images; nothing is recorded, nothing changes."""
    unseen = Score()
    for images, labels in val_loader:
        unseen.add(model(images), labels)
    return unseen.share()


def train_model(model, epochs, lr, has_dropout):
    """Train `model` in place; return a dict of two lists with one accuracy for each epoch."""
    history = {"train_acc": [], "val_acc": []}
    for _ in range(epochs):
        # Anew in each epoch: the validation of the one before has switched the dropouts off.
        if has_dropout:
            model.train_mode()
        history["train_acc"].append(train_epoch(model, lr))
        if has_dropout:
            model.eval_mode()
        history["val_acc"].append(validate(model))
    return history


if __name__ == "__main__":
    for rate in (0.0, 0.3):
        torch.manual_seed(0)
        net = MNISTClassifierWithDropout(dropout_rate=rate)
        history = train_model(net, epochs=10, lr=0.05, has_dropout=True)
        # The training accuracy here is measured with the dropouts on, so it looks lower with them.
        train, val = history["train_acc"][-1], history["val_acc"][-1]
        print(f"dropout {rate}: training {train:.1%}, validation {val:.1%}")
