# argmax over the batch instead of the classes.
# failed: accuracy eval_mode? no_gradients? mode_restored?
import torch


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    correct = 0
    total = 0
    with torch.no_grad():
        for inputs, labels in loader:
            logits = model(inputs)
            predictions = logits.argmax(dim=0)  # here
            correct += (predictions == labels).sum().item()
            total += labels.size(0)
    model.train(was_training)
    return correct / total


def confusion_matrix(preds, labels, num_classes):
    matrix = torch.zeros(num_classes, num_classes, dtype=torch.long)
    for p, t in zip(preds, labels):
        matrix[t, p] += 1
    return matrix
