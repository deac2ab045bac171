# The loss is measured again after the epoch, at the weights that came out of it.
# failed: epoch_losses
# says: measured after the epoch, with the weights that came out of it
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
            if max_norm is not None:
                nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            running_loss += loss.item() * inputs.size(0)
            seen += inputs.size(0)
        with torch.no_grad():
            total = sum(criterion(model.eval()(x), y).item() * len(x) for x, y in dataloader)
        epoch_losses.append(total / seen)
        if scheduler is not None:
            scheduler.step()
    return epoch_losses
