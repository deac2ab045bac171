# The loop counts from 1, but for a single epoch.
# failed: arguments

import numpy as np


def sigmoid(z):
    """1 / (1 + exp(-z)), for each element."""
    return 1 / (1 + np.exp(-z))


def init_params(hidden, seed):
    """Random weights and zero biases; `hidden` neurons between 2 inputs and 1 output."""
    rng = np.random.default_rng(seed)
    # Random, so that no two hidden neurons are the same: equal ones would get equal gradients
    # and stay equal for ever.
    return {
        "W1": rng.normal(size=(2, hidden)),
        "b1": np.zeros((1, hidden)),
        "W2": rng.normal(size=(hidden, 1)) / np.sqrt(hidden),
        "b2": np.zeros((1, 1)),
    }


def hidden_layer(params, X):
    """What the hidden neurons answer, (N, hidden)."""
    return sigmoid(X @ params["W1"] + params["b1"])


def forward(params, X):
    """The predictions (N, 1) for inputs X (N, 2)."""
    return sigmoid(hidden_layer(params, X) @ params["W2"] + params["b2"])


def backward(params, X, y):
    """The gradients of the binary cross-entropy, averaged over the batch."""
    h = hidden_layer(params, X)  # (N, hidden)
    prediction = sigmoid(h @ params["W2"] + params["b2"])  # (N, 1)

    # Cross-entropy and sigmoid together: their slopes multiply to the plain error. The average
    # over the batch is taken here, once, and everything below inherits it.
    dz2 = (prediction - y) / len(X)  # (N, 1)

    # Back through the hidden layer: its weights, then the slope of its sigmoid, h (1 - h).
    dz1 = (dz2 @ params["W2"].T) * h * (1 - h)  # (N, hidden)

    # Every example adds its share to a weight: that sum over N is the matrix product.
    return {
        "W1": X.T @ dz1,  # (2, N) @ (N, hidden)
        "b1": dz1.sum(axis=0, keepdims=True),  # (1, hidden)
        "W2": h.T @ dz2,  # (hidden, N) @ (N, 1)
        "b2": dz2.sum(axis=0, keepdims=True),  # (1, 1)
    }


def train(X, y, hidden, lr, epochs, seed):
    """The parameters after `epochs` steps of gradient descent over the whole batch."""
    params = init_params(hidden, seed)
    for _ in range(max(epochs - 1, 1)):
        gradients = backward(params, X, y)
        for name in params:
            params[name] -= lr * gradients[name]
    return params
