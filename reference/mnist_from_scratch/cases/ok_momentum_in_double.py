# float64, nn.Parameter, momentum, F.cross_entropy, flat inputs, and the best epoch put back.
import torch
import torch.nn.functional as F


class Dense:
    def __init__(self, n, m):
        self.W = torch.nn.Parameter(torch.randn(m, n, dtype=torch.float64) * (2 / n) ** 0.5)
        self.b = torch.nn.Parameter(torch.zeros(m, dtype=torch.float64))

    def __call__(self, x):
        return F.linear(x, self.W, self.b)


class MNISTClassifier:
    def __init__(self):
        self.layers = [Dense(784, 256), Dense(256, 128), Dense(128, 10)]

    @property
    def parameters(self):
        return [t for layer in self.layers for t in (layer.W, layer.b)]

    def __call__(self, x):
        x = x.double()
        assert x.shape[1] == 784, "flat images, please"
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class History:
    def __init__(self):
        self.loss, self.val_accuracy = [], []


def train(model, train_loader, val_loader, epochs, learning_rate):
    h = History()
    velocity = [torch.zeros_like(p) for p in model.parameters]
    best, kept = -1.0, None
    for _ in range(epochs):
        for images, labels in train_loader:
            loss = F.cross_entropy(model(images.flatten(1)), labels)
            loss.backward()
            with torch.no_grad():
                for p, v in zip(model.parameters, velocity):
                    v.mul_(0.5).add_(p.grad)
                    p.add_(v, alpha=-learning_rate)
                    p.grad = None
        h.loss.append(loss.detach())
        with torch.inference_mode():
            right = [(model(x.flatten(1)).argmax(-1) == y).double().mean() for x, y in val_loader]
        h.val_accuracy.append(torch.stack(right).mean())
        if h.val_accuracy[-1] > best:
            best, kept = h.val_accuracy[-1], [p.detach().clone() for p in model.parameters]
    with torch.no_grad():
        for p, old in zip(model.parameters, kept):
            p.copy_(old)
    return h
