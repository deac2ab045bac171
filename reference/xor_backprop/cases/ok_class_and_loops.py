# A class behind the four functions; gradients by loops over the examples; a flat W2, a scalar b2.
import math
import random

import numpy as np


class Net:
    def __init__(self, params):
        self.__dict__.update(params)

    def hidden(self, x):
        return [1 / (1 + math.exp(-(x[0] * self.W1[0][j] + x[1] * self.W1[1][j] + self.b1[j])))
                for j in range(len(self.b1))]

    def output(self, h):
        return 1 / (1 + math.exp(-(sum(w * v for w, v in zip(self.W2, h)) + float(self.b2))))


def init_params(hidden, seed):
    r = random.Random(seed)
    return {"W1": np.array([[r.gauss(0, 1) for _ in range(hidden)] for _ in range(2)]),
            "b1": np.array([r.gauss(0, 0.1) for _ in range(hidden)]),
            "W2": np.array([r.gauss(0, 1) for _ in range(hidden)]),
            "b2": 0.0}


def forward(params, X):
    net = Net(params)
    return np.array([[net.output(net.hidden(x))] for x in X])


def backward(params, X, y):
    net = Net(params)
    g = {k: np.zeros_like(v) for k, v in params.items()}
    for x, t in zip(X, y):
        h = np.array(net.hidden(x))
        e = (net.output(h) - t[0]) / len(X)
        g["W2"] += e * h
        g["b2"] = g["b2"] + e
        d = e * params["W2"] * h * (1 - h)
        g["W1"] += np.outer(x, d)
        g["b1"] += d
    g["b2"] = float(g["b2"])
    return g


def train(X, y, hidden, lr, epochs, seed):
    params = init_params(hidden, seed)
    for _ in range(epochs):
        g = backward(params, X, y)
        params = {k: params[k] - lr * g[k] for k in params}
    return params
