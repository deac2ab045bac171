# Subclasses of torch.optim.Optimizer, with its parameter groups and its state.
import torch
from torch.optim import Optimizer


class SGD(Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.sub_(p.grad, alpha=group["lr"])


class Momentum(Optimizer):
    def __init__(self, params, lr, beta):
        super().__init__(params, dict(lr=lr, beta=beta))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                v = self.state[p].setdefault("v", torch.zeros_like(p))
                v.mul_(group["beta"]).add_(p.grad)
                p.sub_(v, alpha=group["lr"])


class Adam(Optimizer):
    def __init__(self, params, lr, betas, eps, weight_decay=0):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, wd=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                st = self.state[p]
                if not st:
                    st.update(t=torch.zeros(()), m=torch.zeros_like(p), s=torch.zeros_like(p))
                st["t"] += 1
                p.mul_(1 - group["lr"] * group["wd"])
                st["m"].lerp_(p.grad, 1 - b1)
                st["s"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                den = st["s"].sqrt().div_((1 - b2 ** st["t"]).sqrt()).add_(group["eps"])
                p.addcdiv_(st["m"] / (1 - b1 ** st["t"]), den, value=-group["lr"])


class AdamW(Adam):
    pass
