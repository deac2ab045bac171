# Right in every number, and all of it autograd's work.
# failed: by_hand
import torch


def train_step(x, y, w1, b1, w2, b2, lr):
    params = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (w1, b1, w2, b2)]
    z1 = params[0] * x + params[1]
    h1 = torch.relu(z1)
    z2 = params[2] * h1 + params[3]
    y_pred = torch.sigmoid(z2)
    loss = -(y * torch.log(y_pred) + (1 - y) * torch.log(1 - y_pred))
    for t in (z1, h1, z2):
        t.retain_grad()
    loss.backward()  # here
    out = {"z1": z1, "h1": h1, "z2": z2, "y_pred": y_pred, "loss": loss}
    out.update(dz1=z1.grad, dh1=h1.grad, dz2=z2.grad)
    for name, p in zip(("w1", "b1", "w2", "b2"), params):
        out["d" + name] = p.grad
        out[name + "_new"] = p - lr * p.grad
    return {k: v.item() for k, v in out.items()}
