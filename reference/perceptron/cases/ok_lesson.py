# The lesson's code: a linear layer, a lambda for the step, BCE on the raw scores.
import torch
import torch.nn as nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)
        self.step = lambda x: (x > 0).float()

    def forward(self, x):
        return self.step(self.linear(x))


def or_gate():
    perceptron = Perceptron(input_dim=2)
    perceptron.linear.weight.data = torch.tensor([[1., 1.]])
    perceptron.linear.bias.data = torch.tensor([-0.5])
    return perceptron


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        outputs = model.linear(X)
        loss = criterion(outputs, y)
        loss.backward()
        optimizer.step()
