# Central differences of the loss: no chain rule.
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


def loss_of(params, X, y):
    p = forward(params, X)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def backward(params, X, y):
    """Central differences, one number after the other."""
    gradients = {}
    for name, value in params.items():
        gradients[name] = np.zeros(np.shape(value))
        for at in np.ndindex(gradients[name].shape):
            losses = []
            for step in (1e-5, -1e-5):
                moved = {k: np.array(v, dtype=float) for k, v in params.items()}
                moved[name][at] += step
                losses.append(loss_of(moved, X, y))
            gradients[name][at] = (losses[0] - losses[1]) / 2e-5
    return gradients


def train(X, y, hidden, lr, epochs, seed):
    """The parameters after `epochs` steps of gradient descent over the whole batch."""
    params = init_params(hidden, seed)
    for _ in range(epochs):
        gradients = backward(params, X, y)
        for name in params:
            params[name] -= lr * gradients[name]
    return params
