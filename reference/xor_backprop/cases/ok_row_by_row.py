# Stochastic descent: one example after another, in a new order each epoch.
import numpy as np


def sig(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def init_params(hidden, seed):
    g = np.random.default_rng(seed)
    lim1, lim2 = np.sqrt(6 / (2 + hidden)), np.sqrt(6 / (hidden + 1))
    return {
        "W1": g.uniform(-lim1, lim1, size=(2, hidden)), "b1": np.zeros((1, hidden)),
        "W2": g.uniform(-lim2, lim2, size=(hidden, 1)), "b2": np.zeros((1, 1)),
    }


def forward(params, X):
    return sig(sig(X.dot(params["W1"]) + params["b1"]).dot(params["W2"]) + params["b2"])


def backward(params, X, y):
    m = len(y)
    A1 = sig(np.dot(X, params["W1"]) + params["b1"])
    A2 = sig(np.dot(A1, params["W2"]) + params["b2"])
    dA2 = -(y / A2) + (1 - y) / (1 - A2)
    dZ2 = dA2 * A2 * (1 - A2)
    dW2 = A1.T.dot(dZ2) / m
    db2 = np.sum(dZ2, axis=0, keepdims=True) / m
    dZ1 = np.dot(dZ2, params["W2"].T) * (A1 - A1 ** 2)
    return {"W1": np.dot(X.T, dZ1) / m, "b1": np.mean(dZ1, axis=0, keepdims=True), "W2": dW2, "b2": db2}


def train(X, y, hidden, lr, epochs, seed):
    params = init_params(hidden, seed)
    order = np.random.default_rng(seed + 1)
    for _ in range(epochs // 4 + 1):
        for i in order.permutation(len(X)):
            grads = backward(params, X[i:i + 1], y[i:i + 1])
            for k in params:
                params[k] = params[k] - lr * grads[k]
    return params
