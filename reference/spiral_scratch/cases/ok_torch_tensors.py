# Plain tensors in float32, no graph: the lesson's challenge in the library of the course.
import torch


def init_params(hidden, seed):
    g = torch.Generator().manual_seed(seed)
    return {
        "W1": torch.randn(2, hidden, generator=g),
        "b1": torch.zeros(hidden),
        "W2": torch.randn(hidden, 1, generator=g) * (2 / hidden) ** 0.5,
        "b2": torch.zeros(1),
    }


def forward(params, X):
    h = torch.relu(X @ params["W1"] + params["b1"])
    return torch.sigmoid(h @ params["W2"] + params["b2"])


def backward(params, X, y):
    z = X @ params["W1"] + params["b1"]
    h = z.clamp(min=0)
    p = torch.sigmoid(h @ params["W2"] + params["b2"])
    d2 = (p - y) / y.shape[0]
    d1 = (d2 @ params["W2"].t()) * (z > 0)
    return {"W1": X.t() @ d1, "b1": d1.sum(0), "W2": h.t() @ d2, "b2": d2.sum(0)}


def train(X, y, hidden, lr, epochs, seed):
    params = init_params(hidden, seed)
    for epoch in range(epochs):
        grads = backward(params, X, y)
        for name, p in params.items():
            p -= lr * grads[name]
    return params
