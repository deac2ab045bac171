# NumPy scalars; the loss by cases, the slope of ReLU as a comparison.
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def train_step(x, y, w1, b1, w2, b2, lr):
    out = {}
    out["z1"] = np.float64(w1) * x + b1
    out["h1"] = np.maximum(out["z1"], 0)
    out["z2"] = w2 * out["h1"] + b2
    out["y_pred"] = sigmoid(out["z2"])
    p = np.clip(out["y_pred"], 1e-12, 1 - 1e-12)
    out["loss"] = -np.log(p) if y == 1 else -np.log(1 - p)
    dp = -y / p + (1 - y) / (1 - p)
    out["dz2"] = dp * p * (1 - p)
    out["dw2"] = out["dz2"] * out["h1"]
    out["db2"] = out["dz2"]
    out["dh1"] = out["dz2"] * w2
    out["dz1"] = out["dh1"] * (out["z1"] > 0)
    out["dw1"] = out["dz1"] * x
    out["db1"] = out["dz1"]
    for name, old in (("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)):
        out[name + "_new"] = old - lr * out["d" + name]
    return out
