# Right in every number; the gradients are autograd's.
# failed: no_autograd
import torch


def init_params(hidden, seed):
    torch.manual_seed(seed)
    return {"W1": torch.randn(2, hidden), "b1": torch.zeros(1, hidden),
            "W2": torch.randn(hidden, 1) / hidden ** 0.5, "b2": torch.zeros(1, 1)}


def forward(params, X):
    return torch.sigmoid(torch.relu(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"])


def backward(params, X, y):
    leaves = {k: v.detach().clone().requires_grad_() for k, v in params.items()}
    torch.nn.functional.binary_cross_entropy(forward(leaves, X), y).backward()
    return {k: v.grad for k, v in leaves.items()}


def train(X, y, hidden, lr, epochs, seed):
    params = init_params(hidden, seed)
    for _ in range(epochs):
        grads = backward(params, X, y)
        params = {k: v - lr * grads[k] for k, v in params.items()}
    return params
