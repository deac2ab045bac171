"""Models, batches and optimizers to try `train` on; the grader has the same on its own side."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SHORT = 30
"""Steps of a training of which the weights after each are told."""


def network(kind):
    """A small network: "regression" (3 -> 2) or "classes" (4 -> 3, with batch norm)."""
    if kind == "regression":
        return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    # No bias before the batch norm: its gradient would be nothing but rounding errors.
    return nn.Sequential(nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3))


def optimizer_for(model, name, rate):
    """An optimizer whose steps depend on its own past, so that a lost past shows."""
    if name == "adam":
        return torch.optim.Adam(model.parameters(), lr=rate)
    return torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)


class Bench:
    """Everything `train` is given, and a record of each step of the optimizer."""

    def __init__(self, kind, state, inputs, targets, batch_size, optimizer, rate):
        self.model = network(kind).to(next(iter(state.values())).dtype)
        self.model.load_state_dict(state)
        self.model.eval()  # as it comes from an evaluation: training has to switch it back
        self.loader = DataLoader(TensorDataset(inputs, targets), batch_size=batch_size)
        self.criterion = nn.MSELoss() if kind == "regression" else nn.CrossEntropyLoss()
        self.optimizer = optimizer_for(self.model, optimizer, rate)
        self.scheduler = None
        self.weights, self.norms, self.rates = [], [], []  # after, in and at each step
        self.optimizer.register_step_pre_hook(self._before_step)
        self.optimizer.register_step_post_hook(self._after_step)

    def train(self, train, epochs, *, schedule=False, **options):
        """Call `train`, with a scheduler that halves the rate if asked for; what it returns."""
        if schedule:  # made as late as this, so that runs without one have none
            halves = torch.optim.lr_scheduler.StepLR(self.optimizer, step_size=1, gamma=0.5)
            self.scheduler = options["scheduler"] = halves
        losses = train(self.model, self.loader, self.criterion, self.optimizer, epochs, **options)
        self.model.eval()  # as a validation between two calls would do
        return losses

    def told(self):
        """Everything that was noted, and the state at the end; weights of a short training alone."""
        return {
            "weights": self.weights if len(self.weights) <= SHORT else [],
            "norms": self.norms,
            "rates": self.rates,
            "state": self.state(),
            "moves": None if self.scheduler is None else self.scheduler.last_epoch,
        }

    def state(self):
        """The weights and the running statistics as they are now."""
        return {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    def _before_step(self, *_):
        grads = [p.grad.detach() for p in self.model.parameters() if p.grad is not None]
        self.norms.append(float(torch.stack([g.norm() for g in grads]).norm()) if grads else 0.0)
        self.rates.append(self.optimizer.param_groups[0]["lr"])

    def _after_step(self, *_):
        self.weights.append(self.state())


def on_another_device(train, *setup):
    """Whether model and batches go to the device that `train` is given, which is "meta" here.

    Tensors there have shapes and no numbers, so that a training gets as far as to its first loss.
    None for what can't be told, because the training got nowhere.
    """
    bench, seen = Bench(*setup), {"model": [], "batches": []}

    def note(model, inputs):
        seen["model"].append(next(model.parameters()).is_meta)
        seen["batches"].append(inputs[0].is_meta)

    def criterion(outputs, targets):
        seen["batches"].append(targets.is_meta)
        return bench.criterion(outputs, targets)

    bench.model.register_forward_pre_hook(note)
    try:
        train(bench.model, bench.loader, criterion, bench.optimizer, 1, device="meta")
    except Exception:  # no number can be read there, and the forward pass may fail before that
        pass
    return {what: all(noted) if noted else None for what, noted in seen.items()}
