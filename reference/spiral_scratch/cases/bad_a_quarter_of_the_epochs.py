# Shuffled mini-batches with momentum, and no more than a quarter of the epochs.
# failed: arguments
import numpy as np


def init_params(hidden, seed):
    np.random.seed(seed)
    return {"W1": 0.3 * np.random.randn(2, hidden), "b1": np.zeros((1, hidden)),
            "W2": 0.3 * np.random.randn(hidden, 1), "b2": np.zeros((1, 1))}


def _both(params, X):
    h = np.maximum(X @ params["W1"] + params["b1"], 0)
    return h, 1 / (1 + np.exp(-np.clip(h @ params["W2"] + params["b2"], -60, 60)))


def forward(params, X):
    return _both(params, X)[1]


def backward(params, X, y):
    h, p = _both(params, X)
    n = len(X)
    dz2 = p - y
    dh = dz2 @ params["W2"].T
    dh[h <= 0] = 0
    return {"W2": h.T @ dz2 / n, "b2": dz2.mean(axis=0, keepdims=True),
            "W1": X.T @ dh / n, "b1": dh.mean(axis=0, keepdims=True)}


def train(X, y, hidden, lr, epochs, seed):
    params = init_params(hidden, seed)
    speed = {k: 0 for k in params}
    for _ in range(epochs // 4 + 1):
        order = np.random.permutation(len(X))
        for start in range(0, len(X), 32):
            batch = order[start:start + 32]
            for k, g in backward(params, X[batch], y[batch]).items():
                speed[k] = 0.5 * speed[k] - 0.5 * lr * g
                params[k] = params[k] + speed[k]
    return params
