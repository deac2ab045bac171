# A dataclass of plain floats becomes the dict, with an entry more.
from dataclasses import asdict, dataclass
from math import exp, log


@dataclass
class Step:
    z1: float
    h1: float
    z2: float
    y_pred: float
    loss: float
    dz2: float
    dw2: float
    db2: float
    dh1: float
    dz1: float
    dw1: float
    db1: float
    w1_new: float
    b1_new: float
    w2_new: float
    b2_new: float


def train_step(
    x: float, y: float, w1: float, b1: float, w2: float, b2: float, lr: float, /
) -> dict[str, float]:
    h1 = z1 if (z1 := w1 * x + b1) > 0 else 0
    z2 = w2 * h1 + b2
    p = (1 + exp(-z2)) ** -1
    loss = -log(p if y else 1 - p)
    dy = -(y / p) + (1 - y) / (1 - p)
    dz2 = dy * p * (1 - p)
    g = dict(dw2=dz2 * h1, db2=dz2, dh1=w2 * dz2)
    dz1 = g["dh1"] * (h1 > 0)
    g |= dict(dz1=dz1, dw1=x * dz1, db1=dz1)
    return asdict(
        Step(
            z1,
            h1,
            z2,
            p,
            loss,
            dz2,
            **g,
            w1_new=w1 - lr * g["dw1"],
            b1_new=b1 - lr * dz1,
            w2_new=w2 - lr * g["dw2"],
            b2_new=b2 - lr * dz2,
        )
    ) | {"extra": [1, 2]}
