# The first loss becomes the best one even if it is nan; nothing is ever smaller.
# failed: nan
# says: takes a first loss of nan for the best one, and nothing is smaller than that
import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = None
        self.best_params = None
        self.counter = 0

    def step(self, val_loss, parameters):
        if self.best_loss is None or val_loss < self.best_loss - self.min_delta:
            self.best_loss = val_loss
            self.best_params = [p.data.clone() for p in parameters]
            self.counter = 0
        else:
            self.counter += 1
            if self.counter >= self.patience:
                return True
        return False

    def restore(self, parameters):
        for p, saved in zip(parameters, self.best_params):
            p.data = saved
