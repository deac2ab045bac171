# The epochs are numbered; stopping is told by the distance to the best one. Comparison by NumPy.
import numpy as np
import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.history = []
        self.best_epoch = -1
        self.best = np.inf
        self.saved = None

    def step(self, val_loss, parameters):
        params = list(parameters)
        self.history.append(val_loss)
        epoch = len(self.history) - 1
        if np.less(val_loss + self.min_delta, self.best):
            self.best = np.float64(val_loss)
            self.best_epoch = epoch
            self.saved = torch.cat([p.detach().flatten() for p in params])
        return np.bool_(epoch - self.best_epoch >= self.patience)

    def restore(self, parameters):
        start = 0
        for p in parameters:
            end = start + p.numel()
            p.data.copy_(self.saved[start:end].view_as(p))
            start = end
