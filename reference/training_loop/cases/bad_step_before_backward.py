# The step comes first, so it always uses the gradient of the batch before.
# failed: weights
# says: those of a step() that comes before backward()
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
            optimizer.step()
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            if max_norm is not None:
                nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            running_loss += loss.item() * inputs.size(0)
            seen += inputs.size(0)
        epoch_losses.append(running_loss / seen)
        if scheduler is not None:
            scheduler.step()
    return epoch_losses
