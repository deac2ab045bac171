# A leaky ReLU in forward.
# failed: forward
# says: what comes out with a leaky ReLU, of slope 0.01
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def init_params(hidden, seed):
    rng = np.random.default_rng(seed)
    return {
        "W1": rng.normal(size=(2, hidden)),
        "b1": np.zeros((1, hidden)),
        "W2": rng.normal(size=(hidden, 1)) * np.sqrt(2 / hidden),
        "b2": np.zeros((1, 1)),
    }


def forward(params, X):
    z1 = X @ params["W1"] + params["b1"]
    a1 = np.where(z1 > 0, z1, 0.01 * z1)
    return sigmoid(a1 @ params["W2"] + params["b2"])


def backward(params, X, y):
    n = X.shape[0]
    z1 = X @ params["W1"] + params["b1"]
    a1 = np.maximum(0, z1)
    a2 = sigmoid(a1 @ params["W2"] + params["b2"])
    dz2 = (a2 - y) / n
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0, keepdims=True)
    dz1 = (dz2 @ params["W2"].T) * (z1 > 0)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def train(X, y, hidden, lr, epochs, seed):
    params = init_params(hidden, seed)
    for epoch in range(epochs):
        grads = backward(params, X, y)
        for k in params:
            params[k] -= lr * grads[k]
    return params
