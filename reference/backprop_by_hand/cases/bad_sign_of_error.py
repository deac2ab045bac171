# The error is taken the wrong way round.
# failed: output_gradients
# says: y − y_pred: the sign is wrong
import math


def train_step(x, y, w1, b1, w2, b2, lr):
    """One step of gradient descent on one example; returns a dict of every value on the way."""
    z1 = w1 * x + b1
    h1 = max(0.0, z1)
    z2 = w2 * h1 + b2
    y_pred = 1 / (1 + math.exp(-z2))

    loss = -(y * math.log(y_pred) + (1 - y) * math.log(1 - y_pred))

    dz2 = y - y_pred  # here

    dw2 = dz2 * h1
    db2 = dz2
    dh1 = dz2 * w2

    dz1 = dh1 if z1 > 0 else 0.0
    dw1 = dz1 * x
    db1 = dz1

    return {
        "z1": z1,
        "h1": h1,
        "z2": z2,
        "y_pred": y_pred,
        "loss": loss,
        "dz2": dz2,
        "dw2": dw2,
        "db2": db2,
        "dh1": dh1,
        "dz1": dz1,
        "dw1": dw1,
        "db1": db1,
        "w1_new": w1 - lr * dw1,
        "b1_new": b1 - lr * db1,
        "w2_new": w2 - lr * dw2,
        "b2_new": b2 - lr * db2,
    }
