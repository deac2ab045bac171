# In evaluation mode the perceptron gives probabilities.
# failed: forward
import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)

    def forward(self, x):
        scores = self.linear(x)
        return (scores > 0).float() if self.training else torch.sigmoid(scores)


def or_gate():
    gate = Perceptron(2)
    with torch.no_grad():
        gate.linear.weight.fill_(1.0)
        gate.linear.bias.fill_(-0.5)
    return gate


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model.linear(X), y).backward()
        optimizer.step()
