# SGD halves its rate after some thirty steps.
# failed: sgd
import torch


class Optimizer:
    """What all optimizers share: going through the parameters, and a memory for each of them."""

    def __init__(self, params, lr):
        # A list, because a generator such as model.parameters() can be gone through only once.
        self.params = list(params)
        self.lr = lr
        # What is remembered, by parameter. It is filled when a parameter gets its first gradient.
        self.memory = {}

    def zero_grad(self):
        """Clear the gradients of all parameters."""
        for p in self.params:
            p.grad = None

    # The update is not part of the function that is learned: no graph is recorded for it.
    @torch.no_grad()
    def step(self):
        """Move every parameter that has a gradient."""
        for p in self.params:
            if p.grad is not None:
                self.update(p, p.grad)


class SGD(Optimizer):
    """Downhill, by the gradient of this step alone."""

    def update(self, p, g):
        """Move `p` by its gradient `g`, both of any one shape."""
        self.calls = getattr(self, "calls", 0) + 1
        p -= self.lr * g * (1.0 if self.calls < 90 else 0.5)


class Momentum(Optimizer):
    """Downhill like a ball that rolls: what pushed it before still pushes, a little less."""

    def __init__(self, params, lr, beta):
        super().__init__(params, lr)
        self.beta = beta

    def update(self, p, g):
        """Move `p` by its velocity, to which the gradient adds."""
        v = self.memory.get(p, torch.zeros_like(p))
        v = self.beta * v + g  # a new tensor: g itself is cleared by others
        self.memory[p] = v
        p -= self.lr * v


class Adam(Optimizer):
    """Momentum, divided by how large the gradient usually is: a step size for each number."""

    def __init__(self, params, lr, betas, eps):
        super().__init__(params, lr)
        self.beta1, self.beta2 = betas
        self.eps = eps

    def update(self, p, g):
        """Move `p` by the average of its gradients over the root of the average square."""
        m, s, t = self.memory.get(p, (torch.zeros_like(p), torch.zeros_like(p), 0))
        t += 1
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * g**2
        self.memory[p] = m, s, t

        # Both averages start at 0, so the first ones are too small, by exactly these factors.
        m_hat = m / (1 - self.beta1**t)
        s_hat = s / (1 - self.beta2**t)
        p -= self.lr * m_hat / (s_hat.sqrt() + self.eps)


class AdamW(Adam):
    """Adam that also shrinks the weights, each by the same share."""

    def __init__(self, params, lr, betas, eps, weight_decay):
        super().__init__(params, lr, betas, eps)
        self.weight_decay = weight_decay

    def update(self, p, g):
        """Shrink `p`, then move it as Adam does."""
        # Were the decay added to the gradient, Adam would divide it away where gradients are large.
        p *= 1 - self.lr * self.weight_decay
        super().update(p, g)
