# inference_mode, all predictions gathered first, each layer's own mode kept; the matrix by NumPy.
import contextlib

import numpy as np
import torch


@contextlib.contextmanager
def evaluating(model):
    modes = {m: m.training for m in model.modules()}
    try:
        yield model.eval()
    finally:
        for m, mode in modes.items():
            m.training = mode


def evaluate(model, loader):
    device = next(model.parameters()).device
    hits = []
    with evaluating(model), torch.inference_mode():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            probabilities = torch.softmax(model(x), dim=-1)
            hits.append(probabilities.max(dim=-1).indices == y)
    return torch.cat(hits).float().mean()


def confusion_matrix(preds, labels, num_classes):
    m = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(m, (labels.numpy(), preds.numpy()), 1)
    return m
