# The form at the end of section 2 of the Adam paper: the step size is corrected, eps comes last.
import torch


class SGD:
    def __init__(self, params, learning_rate):
        self.params = list(params)
        self.learning_rate = learning_rate

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad = torch.zeros_like(p)

    def step(self):
        with torch.no_grad():
            for p in self.params:
                if p.grad is not None:
                    p.copy_(p - self.learning_rate * p.grad)


class Momentum(SGD):
    def __init__(self, params, learning_rate, momentum):
        super().__init__(params, learning_rate)
        self.momentum = momentum
        self.buffers = [0.0] * len(self.params)

    def step(self):
        with torch.no_grad():
            for k in range(len(self.params)):
                p = self.params[k]
                if p.grad is None:
                    continue
                self.buffers[k] = self.momentum * self.buffers[k] + p.grad
                p.add_(-self.learning_rate * self.buffers[k])


class Adam(SGD):
    def __init__(self, params, learning_rate, betas, eps, weight_decay=0):
        super().__init__(params, learning_rate)
        self.beta1, self.beta2 = betas[0], betas[1]
        self.eps = eps
        self.weight_decay = weight_decay
        self.moments = [(0.0, 0.0, 0) for _ in self.params]

    @torch.no_grad()
    def step(self):
        for k, p in enumerate(self.params):
            if p.grad is None:
                continue
            m, v, t = self.moments[k]
            t = t + 1
            m = self.beta1 * m + (1 - self.beta1) * p.grad
            v = self.beta2 * v + (1 - self.beta2) * torch.pow(p.grad, 2)
            self.moments[k] = (m, v, t)
            rate = self.learning_rate * (1 - self.beta2 ** t) ** 0.5 / (1 - self.beta1 ** t)
            update = rate * m / (v ** 0.5 + self.eps)
            p.sub_(update + self.learning_rate * self.weight_decay * p)


class AdamW(Adam):
    pass
