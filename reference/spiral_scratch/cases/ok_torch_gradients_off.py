# Torch tensors, with gradients switched off for the whole file.
import torch

torch.set_grad_enabled(False)


def init_params(hidden, seed):
    g = torch.Generator().manual_seed(seed)
    r = lambda *s: torch.randn(*s, generator=g, dtype=torch.float64)
    return {
        "W1": r(2, hidden),
        "b1": r(1, hidden),
        "W2": r(hidden, 1) / hidden**0.5,
        "b2": torch.zeros(1, 1, dtype=torch.float64),
    }


def forward(params, X):
    return torch.sigmoid(
        (X @ params["W1"] + params["b1"]).clamp(min=0) @ params["W2"] + params["b2"]
    )


def backward(params, X, y):
    z = X @ params["W1"] + params["b1"]
    h = z.relu()
    d2 = (torch.sigmoid(h @ params["W2"] + params["b2"]) - y) / X.shape[0]
    d1 = d2.mm(params["W2"].T).masked_fill(z <= 0, 0)
    return {
        "W1": X.T @ d1,
        "b1": d1.sum(0, keepdim=True),
        "W2": h.T @ d2,
        "b2": d2.sum(0, keepdim=True),
    }


def train(X, y, hidden, lr, epochs, seed):
    p = init_params(hidden, seed)
    for _ in range(epochs):
        for k, g in backward(p, X, y).items():
            p[k] -= lr * g
    return p
