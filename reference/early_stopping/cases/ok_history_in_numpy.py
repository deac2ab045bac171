# The history of all losses is kept, and the best weights as NumPy arrays.
import copy

import numpy as np
import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta, self.history, self.best_epoch, self.best = (
            patience,
            min_delta,
            [],
            None,
            None,
        )

    def step(self, val_loss, parameters):
        self.history.append(val_loss)
        if not np.isnan(val_loss) and (
            self.best_epoch is None or self.history[self.best_epoch] - val_loss > self.min_delta
        ):
            self.best_epoch = len(self.history) - 1
            self.best = copy.deepcopy([p.detach().cpu().numpy() for p in parameters])
        since = len(self.history) - 1 - (-1 if self.best_epoch is None else self.best_epoch)
        return np.bool_(since >= self.patience)

    @torch.no_grad()
    def restore(self, parameters):
        for p, b in zip(list(parameters), self.best):
            p[...] = torch.from_numpy(np.asarray(b))
