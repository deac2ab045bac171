# Weights the other way round and flat biases, as torch keeps them; forward also returns its cache.
import numpy as np


def sigmoid(z):
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    out[~pos] = e / (1 + e)
    return out


def init_params(hidden, seed=0):
    rng = np.random.RandomState(seed)
    return dict(
        W1=rng.uniform(-1, 1, (hidden, 2)),
        b1=rng.uniform(-1, 1, hidden),
        W2=rng.uniform(-1, 1, (1, hidden)),
        b2=np.zeros(1),
    )


def forward(params, X):
    h = sigmoid(X @ params["W1"].T + params["b1"])
    out = sigmoid(h @ params["W2"].T + params["b2"])
    return out, h


def backward(params, X, y):
    out, h = forward(params, X)
    delta = (out - y) / X.shape[0]
    back = delta @ params["W2"] * h * (1 - h)
    return {
        "W2": delta.T @ h,
        "b2": delta.sum(0),
        "W1": back.T @ X,
        "b1": back.sum(0),
    }


def train(X, y, hidden=4, lr=0.5, epochs=10000, seed=0):
    p = init_params(hidden, seed)
    history = []
    for _ in range(epochs):
        g = backward(p, X, y)
        p = {k: p[k] - lr * g[k] for k in p}
        out = np.clip(forward(p, X)[0], 1e-9, 1 - 1e-9)
        history.append(float(-(y * np.log(out) + (1 - y) * np.log(1 - out)).mean()))
    return p, history
