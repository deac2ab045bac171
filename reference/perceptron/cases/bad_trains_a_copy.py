# A copy of the model is trained; the one that was passed in stays as it was.
# failed: learns lr_and_epochs linear?
# skipped: clears_gradients
import copy
import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, input_dim):
        super().__init__()
        self.linear = nn.Linear(input_dim, 1)

    def forward(self, x):
        return (self.linear(x) > 0).float()


def or_gate():
    gate = Perceptron(2)
    gate.linear.weight.data = torch.tensor([[1.0, 1.0]])
    gate.linear.bias.data = torch.tensor([-0.5])
    return gate


def train_perceptron(model, X, y, lr=0.1, epochs=100):
    model = copy.deepcopy(model)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model.linear(X), y)
        loss.backward()
        optimizer.step()
    return model
