# The clipping of the lesson, with its limit of 1.0 written into the loop.
# failed: weights
# says: those of gradients that are clipped to 1 in each step
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
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            running_loss += loss.item() * inputs.size(0)
            seen += inputs.size(0)
        epoch_losses.append(running_loss / seen)
        if scheduler is not None:
            scheduler.step()
    return epoch_losses
