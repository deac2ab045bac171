"""Stop in time: watch the validation loss, and bring back the best weights."""

import torch


class EarlyStopping:
    """Ends a training that has not improved for `patience` epochs.

    patience   how many epochs in a row may pass without an improvement; at the last one, stop
    min_delta  by how much a loss must be smaller than the best one to be an improvement
    """

    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta

    def step(self, val_loss, parameters):
        """Take note of one epoch, and return True if the training should stop."""
        raise NotImplementedError("write step")

    def restore(self, parameters):
        """Put the values of the best epoch back into the parameters."""
        raise NotImplementedError("write restore")
