# The slope of the hidden sigmoid is left out.
# failed: backward_hidden learns?
# says: without the slope of the hidden sigmoid
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def init_params(hidden, seed):
    np.random.seed(seed)
    W1 = np.random.randn(2, hidden) * 0.5
    b1 = np.zeros((1, hidden))
    W2 = np.random.randn(hidden, 1) * 0.5
    b2 = np.zeros((1, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def forward(params, X):
    a1 = sigmoid(X @ params["W1"] + params["b1"])
    return sigmoid(a1 @ params["W2"] + params["b2"])


def backward(params, X, y):
    n = X.shape[0]
    z1 = X @ params["W1"] + params["b1"]
    a1 = sigmoid(z1)
    z2 = a1 @ params["W2"] + params["b2"]
    a2 = sigmoid(z2)
    dz2 = (a2 - y) / n
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0, keepdims=True)
    dz1 = (dz2 @ params["W2"].T)  # here
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
