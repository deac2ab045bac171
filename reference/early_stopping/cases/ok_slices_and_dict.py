# Values are kept in a dict and written back through slices.
import math

import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = math.inf
        self.waited = 0
        self.best = {}

    def step(self, val_loss, parameters):
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss, self.waited = val_loss, 0
            self.best = {i: torch.empty_like(p).copy_(p.data) for i, p in enumerate(parameters)}
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, parameters):
        for i, p in enumerate(parameters):
            p.data[:] = self.best[i]
