"""Evaluate a classifier: its accuracy, and the confusion matrix of its predictions."""

import torch


def evaluate(model, loader):
    """The share of samples that `model` classifies right, from 0.0 to 1.0.

    model   a torch.nn.Module that gives logits (batch, classes)
    loader  yields batches (inputs, labels), labels (batch,) int64; the last may be shorter

    The model is evaluated in evaluation mode and without gradients, and has the mode in which
    it came when the function returns.
    """
    raise NotImplementedError("write evaluate")


def confusion_matrix(preds, labels, num_classes):
    """How often each true class was taken for each class.

    preds, labels  (N,) int64, each from 0 to num_classes - 1
    Returns        (num_classes, num_classes) int64; row: true class, column: predicted class
    """
    raise NotImplementedError("write confusion_matrix")
