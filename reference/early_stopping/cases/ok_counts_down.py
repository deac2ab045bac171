# The patience is counted down; the losses are tensors inside; saved through NumPy.
import torch


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.left = patience
        self.threshold = torch.tensor(float("inf"), dtype=torch.float64)
        self.min_delta = min_delta
        self.checkpoint = []

    def step(self, val_loss, parameters):
        loss = torch.as_tensor(val_loss, dtype=torch.float64)
        improved = loss < self.threshold
        if improved:
            self.threshold = loss - self.min_delta
            self.left = self.patience
            self.checkpoint.clear()
            for p in parameters:
                self.checkpoint.append(p.detach().numpy().copy())
        else:
            self.left -= 1
        return torch.tensor(self.left <= 0)

    @torch.no_grad()
    def restore(self, parameters):
        for p, array in zip(list(parameters), self.checkpoint):
            p.set_(torch.from_numpy(array))
