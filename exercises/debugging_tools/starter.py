"""Tools that look into a network and leave it as it was."""

import torch


def gradient_stats(model):
    """Mean and standard deviation of the gradient of each parameter that has one.

    Returns a dict: name of the parameter -> {"mean": float, "std": float}
    """
    raise NotImplementedError("write gradient_stats")


def record_activations(model, x):
    """The output of each layer when `model` is given `x`.

    Returns a dict: name of the layer, as in model.named_modules() -> its output, detached
    """
    raise NotImplementedError("write record_activations")


def can_overfit(model, batch):
    """Whether a model of this kind can learn one small batch by heart.

    batch    (x, y): inputs, and labels (N,) int64; the model gives logits (N, classes)
    Returns  True if every sample ends up classified right, else False
    """
    raise NotImplementedError("write can_overfit")


def weight_deltas(model, step):
    """How far one training step moves each parameter.

    step     a function without arguments that makes one step on the model
    Returns  a dict: name of the parameter -> mean absolute change, a float
    """
    raise NotImplementedError("write weight_deltas")


def diagnose(history):
    """What the losses of a training say.

    history  {"train_loss": [...], "val_loss": [...]}, one loss for each epoch
    Returns  "underfitting", "overfitting", "good fit" or "overfitting starting"
    """
    raise NotImplementedError("write diagnose")
