# Subclasses of torch.optim.Optimizer, with parameter groups and its own zero_grad.
import torch
from torch.optim import Optimizer


class SGD(Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                self.update(p, p.grad, group, self.state[p])

    def update(self, p, grad, group, state):
        p.add_(grad, alpha=-group["lr"])


class Momentum(SGD):
    def __init__(self, params, lr, beta):
        Optimizer.__init__(self, params, dict(lr=lr, beta=beta))

    def update(self, p, grad, group, state):
        if "v" not in state:
            state["v"] = torch.zeros_like(p)
        state["v"].mul_(group["beta"]).add_(grad)
        p.add_(state["v"], alpha=-group["lr"])


class Adam(SGD):
    def __init__(self, params, lr, betas, eps, weight_decay=0.0):
        Optimizer.__init__(self, params, dict(lr=lr, betas=betas, eps=eps, wd=weight_decay))

    def update(self, p, grad, group, state):
        if not state:
            state.update(step=0, exp_avg=torch.zeros_like(p), exp_avg_sq=torch.zeros_like(p))
        state["step"] += 1
        b1, b2 = group["betas"]
        p.mul_(1 - group["lr"] * group["wd"])
        m = state["exp_avg"].mul_(b1).add_(grad, alpha=1 - b1)
        v = state["exp_avg_sq"].mul_(b2).addcmul_(grad, grad, value=1 - b2)
        m_hat = m / (1 - b1 ** state["step"])
        v_hat = v / (1 - b2 ** state["step"])
        p.addcdiv_(m_hat, v_hat.sqrt().add_(group["eps"]), value=-group["lr"])


class AdamW(Adam):
    pass
