# NumPy draws the numbers; nn.init does the rest; tensors come with requires_grad.
import numpy as np
import torch
from torch.nn import init

rng = np.random.default_rng()


def kaiming_init(fan_in, fan_out):
    w = rng.normal(0, np.sqrt(2 / fan_in), size=(fan_out, fan_in))
    return torch.tensor(w, dtype=torch.float32, requires_grad=True)


def xavier_init(fan_in, fan_out):
    return init.xavier_normal_(torch.empty(fan_out, fan_in))


def init_weights(module):
    name = module.__class__.__name__
    if name in ("Linear", "Conv2d"):
        init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if module.bias is not None:
            init.constant_(module.bias, 0)


def init_lstm(lstm):
    for name, p in lstm.named_parameters():
        if p.dim() == 2:
            (init.xavier_normal_ if "_ih_" in name else init.orthogonal_)(p)
        else:
            n = p.shape[0] // 4
            init.zeros_(p)
            if "hh" in name:
                init.ones_(p.data[n:2 * n])
