# Training mode is switched on at the first call only.
# failed: called_twice
# says: those of a model that is put into training mode in the first call alone
import torch
import torch.nn as nn


def train(model, dataloader, criterion, optimizer, epochs, *, scheduler=None, max_norm=None, device="cpu"):
    model.to(device)
    epoch_losses = []
    for epoch in range(epochs):
        if not hasattr(model, "was_trained"):
            model.train()
            model.was_trained = True
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
        epoch_losses.append(running_loss / seen)
        if scheduler is not None:
            scheduler.step()
    return epoch_losses
