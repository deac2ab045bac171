# The gradients are cleared once for each epoch.
# failed: loop accuracy? history?
import math

import torch


class ManualLinear:
    def __init__(self, in_features, out_features):
        std = math.sqrt(2.0 / in_features)
        self.weight = torch.randn(out_features, in_features) * std
        self.weight.requires_grad_(True)
        self.bias = torch.zeros(out_features, requires_grad=True)

    def __call__(self, x):
        return x @ self.weight.T + self.bias

    def parameters(self):
        return [self.weight, self.bias]


class ManualReLU:
    def __call__(self, x):
        return x.clamp(min=0)

    def parameters(self):
        return []


def manual_cross_entropy(logits, targets):
    max_logits = logits.max(dim=1, keepdim=True).values
    shifted = logits - max_logits
    log_sum_exp = torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
    log_probs = shifted - log_sum_exp
    loss = -log_probs[torch.arange(logits.shape[0]), targets]
    return loss.mean()


class MNISTClassifier:
    def __init__(self):
        self.layer1 = ManualLinear(784, 256)
        self.relu1 = ManualReLU()
        self.layer2 = ManualLinear(256, 128)
        self.relu2 = ManualReLU()
        self.layer3 = ManualLinear(128, 10)

    def __call__(self, x):
        x = x.view(x.shape[0], -1)
        x = self.relu1(self.layer1(x))
        x = self.relu2(self.layer2(x))
        return self.layer3(x)

    def parameters(self):
        params = []
        for layer in [self.layer1, self.layer2, self.layer3]:
            params.extend(layer.parameters())
        return params


def train(model, train_loader, val_loader, epochs, lr):
    history = {"train_loss": [], "val_loss": [], "train_acc": [], "val_acc": []}
    for epoch in range(epochs):
        epoch_loss, epoch_correct, epoch_total = 0.0, 0, 0
        for p in model.parameters():
            p.grad = None  # here
        for images, labels in train_loader:
            logits = model(images)
            loss = manual_cross_entropy(logits, labels)
            loss.backward()  # finding: gradients-not-cleared
            with torch.no_grad():
                for p in model.parameters():
                    p -= lr * p.grad
            epoch_loss += loss.item() * images.shape[0]
            epoch_correct += (logits.argmax(dim=1) == labels).sum().item()
            epoch_total += images.shape[0]
        history["train_loss"].append(epoch_loss / epoch_total)
        history["train_acc"].append(epoch_correct / epoch_total)

        val_loss, val_correct, val_total = 0.0, 0, 0
        with torch.no_grad():
            for images, labels in val_loader:
                logits = model(images)
                val_loss += manual_cross_entropy(logits, labels).item() * images.shape[0]
                val_correct += (logits.argmax(dim=1) == labels).sum().item()
                val_total += images.shape[0]
        history["val_loss"].append(val_loss / val_total)
        history["val_acc"].append(val_correct / val_total)
    return history
