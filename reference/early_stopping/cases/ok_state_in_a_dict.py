# Copies by deepcopy, the best loss is None at first, nan is asked for by name, in-place copies.
import copy
import math

import torch


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.reset()

    def reset(self):
        self.best = {"loss": None, "weights": []}
        self.bad_epochs = 0

    def is_better(self, loss):
        if math.isnan(loss):
            return False
        if self.best["loss"] is None:
            return True
        return self.best["loss"] - loss > self.min_delta

    def step(self, val_loss, parameters) -> bool:
        if not self.is_better(val_loss):
            self.bad_epochs += 1
            return self.bad_epochs >= self.patience
        self.bad_epochs = 0
        self.best = {"loss": val_loss, "weights": copy.deepcopy([p.detach() for p in parameters])}
        return False

    def restore(self, parameters):
        with torch.no_grad():
            for parameter, weight in zip(parameters, self.best["weights"]):
                parameter.copy_(weight)
