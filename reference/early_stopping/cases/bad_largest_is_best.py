# The loss is taken for an accuracy: larger is better.
# failed: stops ties? min_delta nan restores
# says: takes the largest loss for the best
# says: that of the last epoch, not of the best
import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = float("-inf")
        self.best_params = None
        self.counter = 0

    def step(self, val_loss, parameters):
        if val_loss > self.best_loss + self.min_delta:
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
