# A loss of one's own that takes tensors as settings.
import torch
from torch import nn


class Focal(nn.CrossEntropyLoss):
    def __init__(self, prior, scale):
        super().__init__()
        self.register_buffer("prior", prior)
        self.scale = scale

    def forward(self, logits, labels):
        return self.scale * super().forward(logits + self.prior, labels)


class Plain:
    def __init__(self, logits, labels):
        self.value = nn.functional.cross_entropy(logits, labels)


logits, labels = torch.randn(8, 4), torch.randint(0, 4, (8,))
Focal(torch.zeros(4), torch.tensor(2.0))(logits, labels)
Plain(logits, labels)
