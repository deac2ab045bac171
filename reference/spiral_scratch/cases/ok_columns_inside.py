# Weights as torch stores them; inside, examples are columns; the derivative of the log written out.
import numpy as np


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def relu(z):
    return z * (z > 0)


def init_params(hidden, seed):
    rng = np.random.default_rng(seed)
    bound = 1 / np.sqrt(2)
    return {"W1": rng.uniform(-bound, bound, (hidden, 2)), "b1": rng.uniform(-bound, bound, (hidden, 1)),
            "W2": rng.normal(0, 0.5, (1, hidden)), "b2": np.zeros((1, 1))}


def forward(params, X, keep=False):
    A0 = X.T
    Z1 = params["W1"] @ A0 + params["b1"]
    A1 = relu(Z1)
    A2 = sigmoid(params["W2"] @ A1 + params["b2"])
    return (A0, Z1, A1, A2) if keep else A2.T


def backward(params, X, y):
    A0, Z1, A1, A2 = forward(params, X, keep=True)
    m = X.shape[0]
    dZ2 = (A2 - y.T) / m
    dA1 = params["W2"].T @ dZ2
    dZ1 = dA1 * (Z1 > 0)
    return {"W1": dZ1 @ A0.T, "b1": dZ1.sum(axis=1, keepdims=True),
            "W2": dZ2 @ A1.T, "b2": dZ2.sum(axis=1, keepdims=True)}


def train(X, y, hidden, lr, epochs, seed):
    params = init_params(hidden, seed)
    losses = []
    for _ in range(epochs):
        grads = backward(params, X, y)
        params = {k: v - lr * grads[k] for k, v in params.items()}
        p = forward(params, X)
        losses.append(-np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12)))
    return params, losses
