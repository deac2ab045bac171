# One step counter for all parameters, keyword-only settings, decorators, the velocity holds lr.
import torch


class _Base:
    def __init__(self, params):
        self.params = tuple(params)
        self.t = 0

    def zero_grad(self, set_to_none=False):
        for p in self.params:
            if p.grad is None:
                continue
            if set_to_none:
                p.grad = None
            else:
                p.grad.detach_().zero_()

    @torch.no_grad()
    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            if p.grad is not None:
                p.sub_(self.direction(i, p, p.grad))


class SGD(_Base):
    def __init__(self, params, *, lr):
        super().__init__(params)
        self.lr = lr

    def direction(self, i, p, g):
        return self.lr * g


class Momentum(_Base):
    def __init__(self, params, *, lr, beta):
        super().__init__(params)
        self.lr, self.beta = lr, beta
        self.v = [torch.zeros_like(p) for p in self.params]

    def direction(self, i, p, g):
        self.v[i] = self.beta * self.v[i] + self.lr * g
        return self.v[i]


class Adam(_Base):
    def __init__(self, params, *, lr, betas, eps):
        super().__init__(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = [torch.zeros_like(p) for p in self.params]
        self.s = [torch.zeros_like(p) for p in self.params]

    def direction(self, i, p, g):
        b1, b2 = self.betas
        self.m[i].lerp_(g, 1 - b1)
        self.s[i].lerp_(g.square(), 1 - b2)
        m = self.m[i] / (1 - b1**self.t)
        s = self.s[i] / (1 - b2**self.t)
        return self.lr * m / (torch.sqrt(s) + self.eps)


class AdamW(Adam):
    def __init__(self, params, *, lr, betas, eps, weight_decay):
        super().__init__(params, lr=lr, betas=betas, eps=eps)
        self.wd = weight_decay

    def direction(self, i, p, g):
        return super().direction(i, p, g) + self.lr * self.wd * p
