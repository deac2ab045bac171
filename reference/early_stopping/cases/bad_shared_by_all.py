# The best loss belongs to the class, and so to every stopper.
# failed: stops ties min_delta nan restores
import torch


class EarlyStopping:
    state = {"best": float("inf"), "counter": 0}

    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_params = None

    def step(self, val_loss, parameters):
        if val_loss < self.state["best"] - self.min_delta:
            self.state["best"] = val_loss
            self.best_params = [p.data.clone() for p in parameters]
            self.state["counter"] = 0
        else:
            self.state["counter"] += 1
            if self.state["counter"] >= self.patience:
                return True
        return False

    def restore(self, parameters):
        for p, saved in zip(parameters, self.best_params):
            p.data = saved
