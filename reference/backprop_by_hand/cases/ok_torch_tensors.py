# Tensors of one element, float32 inside; no autograd.
import torch


def train_step(x, y, w1, b1, w2, b2, lr):
    x, y, w1, b1, w2, b2 = (torch.tensor([float(v)]) for v in (x, y, w1, b1, w2, b2))
    z1 = w1 * x + b1
    h1 = torch.relu(z1)
    z2 = w2 * h1 + b2
    y_pred = torch.sigmoid(z2)
    loss = torch.nn.functional.binary_cross_entropy(y_pred, y)
    dz2 = y_pred - y
    dw2, db2, dh1 = dz2 * h1, dz2.clone(), dz2 * w2
    dz1 = dh1 * (z1 > 0).float()
    dw1, db1 = dz1 * x, dz1
    w1_new, b1_new = w1 - lr * dw1, b1 - lr * db1
    w2_new, b2_new = w2 - lr * dw2, b2 - lr * db2
    return {k: v for k, v in locals().items() if k not in ("x", "y", "w1", "b1", "w2", "b2", "lr")}
