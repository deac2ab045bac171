# The imaginary part of the loss at a tiny imaginary step: no chain rule.
# failed: backward_hidden
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
    """No chain rule at all: each number is moved by an imaginary step, one after the other."""
    def loss(p):
        h = 1 / (1 + np.exp(-(X @ p["W1"] + p["b1"])))
        z = h @ p["W2"] + p["b2"]
        a = 1 / (1 + np.exp(-z))
        return -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean()
    out = {}
    for name, value in params.items():
        out[name] = np.zeros(np.shape(value))
        for at in np.ndindex(out[name].shape):
            moved = {k: np.array(v, dtype=complex) for k, v in params.items()}
            moved[name][at] += 1e-30j
            out[name][at] = loss(moved).imag / 1e-30
    return out


def train(X, y, hidden, lr, epochs, seed):
    """The parameters after `epochs` steps of gradient descent over the whole batch."""
    params = init_params(hidden, seed)
    for _ in range(epochs):
        gradients = backward(params, X, y)
        for name in params:
            params[name] -= lr * gradients[name]
    return params
