# Central differences of the loss in place of the chain rule.
# failed: output_gradients
import math
def _forward(x, y, w1, b1, w2, b2):
    z1 = w1 * x + b1; h1 = max(0.0, z1); z2 = w2 * h1 + b2
    p = 1 / (1 + math.exp(-z2))
    return z1, h1, z2, p, -(y * math.log(p) + (1 - y) * math.log(1 - p))
def train_step(x, y, w1, b1, w2, b2, lr):
    """No chain rule: central differences of the loss."""
    z1, h1, z2, p, loss = _forward(x, y, w1, b1, w2, b2)
    tail = lambda z2: -(y * math.log(1 / (1 + math.exp(-z2))) + (1 - y) * math.log(1 - 1 / (1 + math.exp(-z2))))
    d = lambda f, at, e=1e-5: (f(at + e) - f(at - e)) / (2 * e)
    out = dict(z1=z1, h1=h1, z2=z2, y_pred=p, loss=loss)
    out["dz2"] = d(tail, z2)
    out["dh1"] = d(lambda h: tail(w2 * h + b2), h1)
    out["dz1"] = d(lambda z: tail(w2 * max(0.0, z) + b2), z1)
    L = lambda **k: _forward(x, y, **{**dict(w1=w1, b1=b1, w2=w2, b2=b2), **k})[-1]
    for n, v in dict(w1=w1, b1=b1, w2=w2, b2=b2).items():
        out["d" + n] = d(lambda u: L(**{n: u}), v)
        out[n + "_new"] = v - lr * out["d" + n]
    return out
