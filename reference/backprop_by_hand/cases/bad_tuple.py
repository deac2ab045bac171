# A tuple in place of a dict.
# failed: forward by_hand
import math


def train_step(x, y, w1, b1, w2, b2, lr):
    z1 = w1 * x + b1
    h1 = max(0, z1)
    z2 = w2 * h1 + b2
    y_pred = 1 / (1 + math.exp(-z2))
    loss = -(y * math.log(y_pred) + (1 - y) * math.log(1 - y_pred))
    dz2 = y_pred - y
    dz1 = dz2 * w2 * (z1 > 0)
    return z1, h1, z2, y_pred, loss, dz2, dz2 * h1, dz2, dz2 * w2, dz1, dz1 * x, dz1
