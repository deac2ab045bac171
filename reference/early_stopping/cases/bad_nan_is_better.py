# It asks whether the loss is worse; a loss of nan is not, and becomes the best.
# failed: nan
# says: takes a loss of nan for an improvement
import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = float("inf")
        self.best_params = None
        self.counter = 0

    def step(self, val_loss, parameters):
        if val_loss >= self.best_loss - self.min_delta:
            self.counter += 1
            return self.counter >= self.patience
        self.best_loss = val_loss
        self.best_params = [p.data.clone() for p in parameters]
        self.counter = 0
        return False

    def restore(self, parameters):
        for p, saved in zip(parameters, self.best_params):
            p.data = saved
