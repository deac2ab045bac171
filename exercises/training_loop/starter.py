"""Write the training loop: one function that trains any model on any loader."""

import torch


def train(
    model, dataloader, criterion, optimizer, epochs, *, scheduler=None, max_norm=None, device="cpu"
):
    """Train `model` for `epochs` passes over `dataloader`.

    model       a torch.nn.Module
    dataloader  yields batches (inputs, targets); the last may be shorter
    criterion   called as criterion(outputs, targets); gives the mean over the batch
    optimizer   of torch.optim, made over the model's parameters
    scheduler   of torch.optim.lr_scheduler, or None
    max_norm    the largest norm that the gradient of one step may have, or None for no limit
    device      where to train

    Returns a list with one float for each epoch: the mean loss over its samples.
    """
    raise NotImplementedError("write train")
