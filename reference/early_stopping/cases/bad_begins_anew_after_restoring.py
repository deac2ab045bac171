# After a restore the first epoch is the best again.
# failed: restores
# says: that of the last epoch, not of the best
import torch


class EarlyStopping:
    """Ends a training that has not improved for `patience` epochs, and keeps the best weights."""

    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = float("inf")  # every first loss is better than that; nan is not
        self.best_values = None
        self.epochs_without_improvement = 0

    def step(self, val_loss, parameters):
        """Take note of one epoch, and return True if the training should stop."""
        # Every comparison with nan is false, so that a loss of nan counts as no improvement.
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss = val_loss
            # Clones: the training goes on changing the parameters themselves.
            self.best_values = [p.detach().clone() for p in parameters]
            self.epochs_without_improvement = 0
        else:
            self.epochs_without_improvement += 1
        return self.epochs_without_improvement >= self.patience

    @torch.no_grad()
    def restore(self, parameters):
        """Put the values of the best epoch back into the parameters."""
        for p, value in zip(parameters, self.best_values, strict=True):
            p.copy_(value)
        self.best_loss = float('inf')  # in place: the model and its optimizer hold on to these tensors
