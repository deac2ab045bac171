# The accuracies of the batches are averaged, so a short batch counts too much.
# failed: short_last_batch
# says: the mean of the batches' accuracies: a short batch counts too much
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
            correct += (predictions == labels).float().mean().item()
            total += 1
    model.train(was_training)
    return correct / total


def confusion_matrix(preds, labels, num_classes):
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.long)
    for p, t in zip(preds, labels):
        matrix[t, p] += 1
    return matrix
