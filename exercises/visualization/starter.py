"""Plot a training and its weights: two functions that return matplotlib figures."""

import matplotlib.pyplot as plt


def plot_history(history):
    """The curves of a training as a figure: losses in one axes, accuracies in another.

    history  dict of lists, one number per epoch: "train_loss" and "train_acc", and with
             validation also "val_loss" and "val_acc"
    """
    raise NotImplementedError("write plot_history")


def plot_weights(model):
    """The first 32 rows of `model.layer1.weight` (n, 784) as a figure with 32 images of 28x28."""
    raise NotImplementedError("write plot_weights")
