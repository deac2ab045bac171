# Each loss is compared with the one before.
# failed: stops restores? min_delta ties? nan?
# says: compares each loss with the one before, not with the best
# says: that of the last epoch, not of the best
import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = float("inf")
        self.best_params = None
        self.counter = 0

    def step(self, val_loss, parameters):
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss = val_loss
            self.best_params = [p.data.clone() for p in parameters]
            self.counter = 0
            stop = False
        else:
            self.counter += 1
            stop = self.counter >= self.patience
        self.best_loss = val_loss
        return stop

    def restore(self, parameters):
        for p, saved in zip(parameters, self.best_params):
            p.data = saved
