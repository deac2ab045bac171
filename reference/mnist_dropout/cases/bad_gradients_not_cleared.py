# No step clears the gradients.
# failed: loop accuracy? gap?
import math

import torch


class ManualLinear:
    def __init__(self, in_features, out_features):
        std = math.sqrt(2.0 / in_features)
        self.weight = (torch.randn(out_features, in_features) * std).requires_grad_(True)
        self.bias = torch.zeros(out_features, requires_grad=True)

    def __call__(self, x):
        return x @ self.weight.T + self.bias

    def parameters(self):
        return [self.weight, self.bias]


class ManualReLU:
    def __call__(self, x):
        return x.clamp(min=0)


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        return x * mask / (1 - self.p)


def manual_cross_entropy(logits, targets):
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_probs = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
    return -log_probs[torch.arange(logits.shape[0]), targets].mean()


class MNISTClassifierWithDropout:
    def __init__(self, dropout_rate=0.3):
        self.layer1 = ManualLinear(784, 256)
        self.relu1 = ManualReLU()
        self.dropout1 = ManualDropout(dropout_rate)
        self.layer2 = ManualLinear(256, 128)
        self.relu2 = ManualReLU()
        self.dropout2 = ManualDropout(dropout_rate)
        self.layer3 = ManualLinear(128, 10)

    def __call__(self, x):
        x = x.view(x.shape[0], -1)
        x = self.dropout1(self.relu1(self.layer1(x)))
        x = self.dropout2(self.relu2(self.layer2(x)))
        return self.layer3(x)

    def train_mode(self):
        self.dropout1.training = True
        self.dropout2.training = True

    def eval_mode(self):
        self.dropout1.training = False
        self.dropout2.training = False

    def parameters(self):
        params = []
        for layer in [self.layer1, self.layer2, self.layer3]:
            params.extend(layer.parameters())
        return params


def train_model(model, epochs=30, lr=1e-3, has_dropout=False):
    history = {'train_loss': [], 'val_loss': [], 'train_acc': [], 'val_acc': []}
    for epoch in range(epochs):
        if has_dropout:
            model.train_mode()
        epoch_loss, correct, total = 0, 0, 0
        for images, labels in train_loader:
            logits = model(images)
            loss = manual_cross_entropy(logits, labels)
            loss.backward()  # here  # finding: gradients-not-cleared
            with torch.no_grad():
                for p in model.parameters():
                    p.data -= lr * p.grad
            epoch_loss += loss.item() * images.shape[0]
            correct += (logits.argmax(1) == labels).sum().item()
            total += images.shape[0]
        history['train_loss'].append(epoch_loss / total)
        history['train_acc'].append(correct / total)

        if has_dropout:
            model.eval_mode()
        val_loss, val_correct, val_total = 0, 0, 0
        with torch.no_grad():
            for images, labels in val_loader:
                logits = model(images)
                val_loss += manual_cross_entropy(logits, labels).item() * images.shape[0]
                val_correct += (logits.argmax(1) == labels).sum().item()
                val_total += images.shape[0]
        history['val_loss'].append(val_loss / val_total)
        history['val_acc'].append(val_correct / val_total)
    return history
