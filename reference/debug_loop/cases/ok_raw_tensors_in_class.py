# Layers made by hand in a plain Python class with parameters(), updated through torch.optim.
import torch
import torch.nn.functional as F


class Linear:
    def __init__(self, n_in, n_out):
        self.weight = torch.empty(n_out, n_in)
        torch.nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        self.weight.requires_grad_(True)
        self.bias = torch.zeros(n_out, requires_grad=True)

    def __call__(self, x):
        return x @ self.weight.T + self.bias

    def parameters(self):
        return [self.weight, self.bias]


class MLP:
    def __init__(self):
        self.layers = [Linear(784, 256), Linear(256, 10)]

    def __call__(self, x):
        x = x.reshape(x.shape[0], 784)
        return self.layers[1](self.layers[0](x).clamp(min=0))

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


model = MLP()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
    with torch.no_grad():
        correct = 0
        for images, labels in val_loader:
            correct += (model(images).argmax(dim=1) == labels).sum().item()
    print(f"Epoch {epoch}: {correct / 10:.1f}%")
