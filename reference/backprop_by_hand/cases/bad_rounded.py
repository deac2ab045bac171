# Every value of the forward pass is rounded to four places, as the lesson prints them.
# failed: forward
# says: right up to four decimals: it was rounded
import math


def train_step(x, y, w1, b1, w2, b2, lr):
    z1 = round(w1 * x + b1, 4)
    h1 = round(max(0.0, z1), 4)
    z2 = round(w2 * h1 + b2, 4)
    y_pred = round(1 / (1 + math.exp(-z2)), 4)
    loss = -(y * math.log(y_pred) + (1 - y) * math.log(1 - y_pred))

    # --- backward: from right to left, each line one link of the chain ---
    # d(loss)/d(y_pred) is (y_pred - y) / (y_pred (1 - y_pred)), and the slope of the sigmoid is
    # y_pred (1 - y_pred). Their product is all that is left:
    dz2 = y_pred - y

    dw2 = dz2 * h1  # z2 = w2 h1 + b2, so w2 counts h1 times
    db2 = dz2
    dh1 = dz2 * w2  # the same line, seen from h1

    dz1 = dh1 if z1 > 0 else 0.0  # ReLU lets through what it let through before
    dw1 = dz1 * x
    db1 = dz1

    # --- update: against the gradient ---
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
