# A copy of the model is evaluated, so the model itself is never touched; the matrix as nested lists.
import copy

import torch


def evaluate(model, loader):
    clone = copy.deepcopy(model).eval().requires_grad_(False)
    correct, n = 0, 0
    for inputs, labels in loader:
        predicted = torch.topk(clone(inputs), k=1, dim=1).indices.squeeze(1)
        correct += sum(int(a == b) for a, b in zip(predicted.tolist(), labels.tolist()))
        n += len(labels)
    return correct / n


def confusion_matrix(preds, labels, num_classes):
    table = [[0] * num_classes for _ in range(num_classes)]
    for p, t in zip(preds.tolist(), labels.tolist()):
        table[t][p] += 1
    return table
