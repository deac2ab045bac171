# The gradients are switched off in the parameters themselves, and stay off.
# failed: mode_restored
import torch


def evaluate(model, loader):
    was_training = model.training
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    right = total = 0
    for inputs, labels in loader:
        right += (model(inputs).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    model.train(was_training)
    return right / total


def confusion_matrix(preds, labels, num_classes):
    counts = torch.bincount(labels * num_classes + preds, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)
