# By inference mode and topk, with the modes of all layers kept in a list.
import torch


@torch.inference_mode()
def evaluate(model, loader):
    """The share of samples whose largest logit is the right one, from 0.0 to 1.0."""
    modes = [(m, m.training) for m in model.modules()]
    model.eval()  # dropout keeps all units, batch norm uses what it learned

    correct = samples = 0
    for inputs, labels in loader:
        predictions = model(inputs).topk(1, dim=1).indices[:, 0]  # (batch, classes) -> (batch,)
        # Counts, not shares: a short last batch then weighs as much as it holds.
        correct += int((predictions == labels).sum())
        samples += len(labels)

    for m, mode in modes:
        m.training = mode
    return correct / samples


def confusion_matrix(preds, labels, num_classes):
    """Counts (num_classes, num_classes), int64; row: true class, column: predicted class."""
    # Number the cells row by row: (t, p) is cell t * num_classes + p. Then count numbers.
    cells = labels * num_classes + preds  # (N,)
    counts = torch.bincount(cells, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)
