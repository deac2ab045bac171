# Dataclasses with slots, and einsum for the product.
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(slots=True)
class ManualLinear:
    in_features: int
    out_features: int
    weight: Tensor = field(init=False, repr=False)
    bias: Tensor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.weight = torch.empty(self.out_features, self.in_features).normal_(
            0, (2 / self.in_features) ** 0.5
        )
        self.bias = torch.zeros((self.out_features,))
        for p in self.parameters():
            p.requires_grad = True

    def __call__(self, x: "Float[Tensor, 'n i']") -> "Float[Tensor, 'n o']":
        return torch.einsum("ni,oi->no", x, self.weight) + self.bias

    def parameters(self):
        return (self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class ManualReLU:
    def __call__(self, x):
        return (x + x.abs()) / 2

    def parameters(self):
        return ()
