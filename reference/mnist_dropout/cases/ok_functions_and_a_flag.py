# One flag in the model, dropout in the forward pass, weights (in, out), momentum, loaders as arguments.
import torch

SIZES = (784, 256, 128, 10)


class MNISTClassifierWithDropout:
    def __init__(self, dropout_rate):
        self.rate, self.dropping = dropout_rate, False
        self.weights = [torch.randn(n, m).mul_((2 / n) ** 0.5).requires_grad_() for n, m in zip(SIZES, SIZES[1:])]
        self.biases = [torch.zeros(m).requires_grad_() for m in SIZES[1:]]

    def drop(self, x):
        if not self.dropping or self.rate == 0:
            return x
        return x * torch.bernoulli(torch.full_like(x, 1 - self.rate)).div_(1 - self.rate)

    def forward(self, x):
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            x = torch.relu(self.drop(x @ w + b))
        return x @ self.weights[-1] + self.biases[-1]

    def __call__(self, x):
        return self.forward(x.reshape(-1, 784))

    def train_mode(self, on=True):
        self.dropping = on

    def eval_mode(self):
        self.train_mode(False)

    def parameters(self):
        for pair in zip(self.weights, self.biases):
            yield from pair


def train_model(model, epochs, learning_rate, has_dropout=True, train_loader=None, val_loader=None):
    loaders = {"train": train_loader or globals()["train_loader"], "val": val_loader or globals()["val_loader"]}
    losses = {"train": [], "val": []}
    speed = [torch.zeros_like(p) for p in model.parameters()]
    for epoch in range(epochs):
        for phase, loader in loaders.items():
            training = phase == "train"
            if has_dropout:
                model.train_mode() if training else model.eval_mode()
            total = 0.0
            with torch.set_grad_enabled(training):
                for x, y in loader:
                    loss = torch.nn.functional.cross_entropy(model(x), y)
                    total += float(loss) * len(x)
                    if training:
                        grads = torch.autograd.grad(loss, list(model.parameters()))
                        with torch.no_grad():
                            for p, v, g in zip(model.parameters(), speed, grads):
                                v.mul_(0.5).add_(g)
                                p.sub_(learning_rate * v)
            losses[phase].append(total / len(loader.dataset))
    return losses
