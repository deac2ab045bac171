# max_norm is a parameter and is never used.
# failed: clipping
# says: those of gradients that are not clipped
import torch
import torch.nn as nn


def train(model, dataloader, criterion, optimizer, epochs, *, scheduler=None, max_norm=None, device="cpu"):
    model.to(device)
    epoch_losses = []
    for epoch in range(epochs):
        model.train()
        running_loss = 0.0
        seen = 0
        for inputs, targets in dataloader:
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            running_loss += loss.item() * inputs.size(0)
            seen += inputs.size(0)
        epoch_losses.append(running_loss / seen)
        if scheduler is not None:
            scheduler.step()
    return epoch_losses
