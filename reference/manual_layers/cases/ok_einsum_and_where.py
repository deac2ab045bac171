# The product is an einsum, the ReLU a where; requires_grad is set as an attribute.
import torch


class ManualLinear:
    def __init__(self, in_features: int, out_features: int) -> None:
        w = torch.normal(0.0, (2.0 / in_features) ** 0.5, size=(out_features, in_features))
        w.requires_grad = True
        b = torch.zeros(out_features)
        b.requires_grad = True
        self.weight, self.bias = w, b

    def __call__(self, x):
        return torch.einsum("ni,oi->no", x, self.weight) + self.bias

    def parameters(self):
        yield self.weight
        yield self.bias


class ManualReLU:
    def __call__(self, x):
        return torch.where(x > 0, x, torch.zeros_like(x))

    def parameters(self):
        return ()
