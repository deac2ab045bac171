# The smallest logit is taken for the prediction.
# failed: accuracy
# says: that of the smallest logits, not of the largest
import torch


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    correct = 0
    total = 0
    with torch.no_grad():
        for inputs, labels in loader:
            logits = model(inputs)
            predictions = logits.argmin(dim=1)  # here
            correct += (predictions == labels).sum().item()
            total += labels.size(0)
    model.train(was_training)
    return correct / total


def confusion_matrix(preds, labels, num_classes):
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.long)
    for p, t in zip(preds, labels):
        matrix[t, p] += 1
    return matrix
