# Half a mask, used twice.
# failed: new_mask
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        half = torch.rand(x.shape[0], *x.shape[1:-1], (x.shape[-1] + 1) // 2) if x.dim() > 1 else torch.rand(x.shape)
        half = torch.cat([half, half], -1)[..., : x.shape[-1]] if x.dim() > 1 else half
        mask = (half > self.p).float()
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
