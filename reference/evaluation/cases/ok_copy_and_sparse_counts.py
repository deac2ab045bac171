# A copy is evaluated, and a sparse tensor counts.
import copy

import torch


@torch.inference_mode()
def evaluate(model, loader):
    twin = copy.deepcopy(model).eval()
    right, total = map(
        sum, zip(*((int((twin(x).max(1)[1] == y).sum()), y.numel()) for x, y in loader))
    )
    return right / total


def confusion_matrix(preds, labels, num_classes):
    return torch.sparse_coo_tensor(
        torch.stack([labels, preds]), torch.ones_like(labels), (num_classes, num_classes)
    ).to_dense()
