"""XOR from scratch: a network with one hidden layer, in NumPy alone."""

import numpy as np


def sigmoid(z):
    """1 / (1 + exp(-z)), for each element."""
    return 1 / (1 + np.exp(-z))


def init_params(hidden, seed):
    """W1 (2, hidden), b1 (1, hidden), W2 (hidden, 1), b2 (1, 1) in a dict."""
    raise NotImplementedError("write init_params")


def forward(params, X):
    """The predictions (N, 1) for inputs X (N, 2)."""
    raise NotImplementedError("write forward")


def backward(params, X, y):
    """The gradients of the loss, averaged over the batch, under the names of the parameters."""
    raise NotImplementedError("write backward")


def train(X, y, hidden, lr, epochs, seed):
    """The parameters after `epochs` steps of gradient descent."""
    raise NotImplementedError("write train")
