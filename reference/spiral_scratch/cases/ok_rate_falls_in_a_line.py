# The rate falls in a line over the epochs, to nothing after the last.

import numpy as np


def sigmoid(z):
    """1 / (1 + exp(-z)), for each element; written so that nothing overflows."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def init_params(hidden, seed):
    """Random weights and zero biases; `hidden` neurons between 2 inputs and 1 output."""
    rng = np.random.default_rng(seed)
    # Random, so that no two hidden neurons are the same; and the more of them the output adds
    # up, the smaller each one's share, so that the first predictions are near one half.
    return {
        "W1": rng.normal(size=(2, hidden)),
        "b1": np.zeros((1, hidden)),
        "W2": rng.normal(size=(hidden, 1)) / np.sqrt(hidden),
        "b2": np.zeros((1, 1)),
    }


def hidden_layer(params, X):
    """What the hidden neurons answer, (N, hidden), after ReLU."""
    return np.maximum(0, X @ params["W1"] + params["b1"])


def forward(params, X):
    """The predictions (N, 1) for points X (N, 2)."""
    return sigmoid(hidden_layer(params, X) @ params["W2"] + params["b2"])


def backward(params, X, y):
    """The gradients of the binary cross-entropy, averaged over the batch."""
    h = hidden_layer(params, X)  # (N, hidden)
    prediction = sigmoid(h @ params["W2"] + params["b2"])  # (N, 1)

    # Cross-entropy and sigmoid together leave the plain error; the batch is averaged here.
    dz2 = (prediction - y) / len(X)  # (N, 1)

    # Back through the output weights to each neuron, and on only where it was on.
    dz1 = (dz2 @ params["W2"].T) * (h > 0)  # (N, hidden)

    return {
        "W1": X.T @ dz1,  # (2, N) @ (N, hidden)
        "b1": dz1.sum(axis=0, keepdims=True),  # (1, hidden)
        "W2": h.T @ dz2,  # (hidden, N) @ (N, 1)
        "b2": dz2.sum(axis=0, keepdims=True),  # (1, 1)
    }


def train(X, y, hidden, lr, epochs, seed):
    """The parameters after `epochs` epochs of gradient descent, in ever smaller steps."""
    params = init_params(hidden, seed)
    for epoch in range(epochs):
        gradients = backward(params, X, y)
        rate = lr * (1 - epoch / epochs)
        for name in params:
            params[name] -= rate * gradients[name]
    return params
