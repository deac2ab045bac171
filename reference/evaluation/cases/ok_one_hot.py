# Gradients off by set_grad_enabled with the old state put back; the matrix as a product of one-hots.
import torch
import torch.nn.functional as F


def evaluate(model, loader):
    before, grads = model.training, torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    model.train(False)
    try:
        right = sum((model(x).max(1)[1] == y).sum() for x, y in loader)
    finally:
        model.train(before)
        torch.set_grad_enabled(grads)
    return float(right) / len(loader.dataset)


def confusion_matrix(preds, labels, num_classes):
    rows = F.one_hot(labels, num_classes)      # (N, C)
    columns = F.one_hot(preds, num_classes)    # (N, C)
    return rows.T @ columns
