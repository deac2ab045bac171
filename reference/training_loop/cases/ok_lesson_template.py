# The lesson's template, with its optional parts made optional; names and order as there.
import torch
import torch.nn as nn

def train(model, dataloader, criterion, optimizer, epochs, *, scheduler=None, max_norm=None, device="cpu"):
    model = model.to(device)
    model.train()
    history = []
    for epoch in range(epochs):
        running_loss = 0.0
        for inputs, labels in dataloader:
            inputs, labels = inputs.to(device), labels.to(device)

            # Reset gradients
            optimizer.zero_grad()

            # Forward + backward
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            loss.backward()

            if max_norm is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)

            # Update weights
            optimizer.step()

            running_loss += loss.item() * inputs.size(0)

        history.append(running_loss / len(dataloader.dataset))
        print(f"Epoch {epoch+1} Loss: {history[-1]:.4f}")
        if scheduler:
            scheduler.step()
    return history
