# A parameter without a dimension is left out.
# failed: l1
import torch, torch.nn as nn

class ManualBatchNorm1d(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n)); self.bias = nn.Parameter(torch.zeros(n))
        self.register_buffer("rm", torch.zeros(n)); self.register_buffer("rv", torch.ones(n))
    def forward(self, x):
        if self.training:
            m, v = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.rm += 0.1 * (m - self.rm); self.rv += 0.1 * (x.var(0) - self.rv)
        else: m, v = self.rm, self.rv
        return (x - m) / torch.sqrt(v + 1e-5) * self.weight + self.bias

def l1_regularization(model, lambda_l1):
    return lambda_l1 * sum(p.abs().sum() for p in model.parameters() if p.requires_grad and p.ndim > 0)
def l2_regularization(model, lam):
    return lam * sum((p ** 2).sum() for p in model.parameters())
