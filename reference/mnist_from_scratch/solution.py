"""Reference solution of `mnist_from_scratch` (lesson 1.3 §2-3): digits, read by six tensors."""
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


class ManualReLU:
    """The rectifier, max(0, x)."""

    def __call__(self, x):
        """Maps x of any shape -> the same shape."""
        return x.clamp(min=0)


class MNISTClassifier:
    """Three layers, 784-256-128-10, with a ReLU between each two."""

    def __init__(self):
        self.layer1 = ManualLinear(784, 256)  # 784 · 256 + 256 = 200,960 numbers
        self.layer2 = ManualLinear(256, 128)  # 256 · 128 + 128 =  32,896
        self.layer3 = ManualLinear(128, 10)  #  128 ·  10 +  10 =   1,290
        self.relu = ManualReLU()

    def __call__(self, x):
        """Maps images (batch, 1, 28, 28) -> logits (batch, 10)."""
        x = x.flatten(1)  # (batch, 784)
        x = self.relu(self.layer1(x))  # (batch, 256)
        x = self.relu(self.layer2(x))  # (batch, 128)
        return self.layer3(x)  # (batch, 10); any number is a logit, so no ReLU here

    def parameters(self):
        """What training changes: three weights and three biases."""
        return [p for layer in (self.layer1, self.layer2, self.layer3) for p in layer.parameters()]


class Meter:
    """The mean loss and the accuracy over the images that it was shown."""

    def __init__(self):
        self.loss = self.correct = self.count = 0

    def add(self, loss, logits, labels):
        """Take in one batch; batches may have different sizes."""
        self.loss += loss.item() * len(labels)
        self.correct += (logits.argmax(dim=1) == labels).sum().item()
        self.count += len(labels)

    def means(self):
        """The loss and the share of right answers."""
        return self.loss / self.count, self.correct / self.count


def train(model, train_loader, val_loader, epochs, lr):
    """Train `model` in place; return a dict of four lists with one number for each epoch."""
    history = {"train_loss": [], "train_acc": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        seen = Meter()
        for images, labels in train_loader:
            logits = model(images)
            loss = functional.cross_entropy(logits, labels)

            # backward() adds to what is in .grad: each step begins with empty ones.
            for p in model.parameters():
                p.grad = None
            loss.backward()

            # The update is no part of the network: autograd must not record it.
            with torch.no_grad():
                for p in model.parameters():
                    p.sub_(lr * p.grad)
            seen.add(loss, logits, labels)

        # Validation: the same arithmetic, with nothing recorded and nothing changed.
        unseen = Meter()
        with torch.no_grad():
            for images, labels in val_loader:
                logits = model(images)
                unseen.add(functional.cross_entropy(logits, labels), logits, labels)

        for name, meter in (("train", seen), ("val", unseen)):
            loss, accuracy = meter.means()
            history[f"{name}_loss"].append(loss)
            history[f"{name}_acc"].append(accuracy)
    return history


if __name__ == "__main__":
    torch.manual_seed(0)
    model = MNISTClassifier()
    history = train(model, train_loader, val_loader, epochs=5, lr=0.05)
    for epoch, (loss, accuracy) in enumerate(
        zip(history["train_loss"], history["val_acc"], strict=True), 1
    ):
        print(f"epoch {epoch}: training loss {loss:.4f}, validation accuracy {accuracy:.1%}")
