# Everything that the function knows is returned, the lesson's extra derivatives with it.
from math import exp, log


def train_step(x, y, w1, b1, w2, b2, lr=0.1):
    z1 = w1 * x + b1
    if z1 > 0:
        h1, slope = z1, 1.0
    else:
        h1, slope = 0.0, 0.0
    z2 = w2 * h1 + b2
    y_pred = exp(z2) / (1 + exp(z2))
    loss = -log(y_pred if y else 1 - y_pred)
    dy_pred = (y_pred - y) / (y_pred * (1 - y_pred))
    dz2 = dy_pred * y_pred * (1 - y_pred)
    dw2, db2 = dz2 * h1, dz2
    dh1 = dz2 * w2
    dz1 = dh1 * slope
    dw1, db1 = dz1 * x, dz1
    w1_new = w1 - lr * dw1
    b1_new = b1 - lr * db1
    w2_new = w2 - lr * dw2
    b2_new = b2 - lr * db2
    return locals()
