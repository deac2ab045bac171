# The model goes to the device, the batches stay where they are.
# failed: device
import torch


def train(
    model, dataloader, criterion, optimizer, epochs, *, scheduler=None, max_norm=None, device="cpu"
):
    """Train for ``epochs`` passes over the loader; the mean loss of each epoch, as floats."""
    model.to(device)  # moves a module's parameters in place, so the optimizer still holds them
    epoch_losses = []
    for _ in range(epochs):
        # At the start of every epoch: whoever validates in between leaves evaluation mode on.
        model.train()
        total, samples = 0.0, 0
        for inputs, targets in dataloader:
            pass

            # Forward: predictions, and one number that says how bad they are.
            loss = criterion(model(inputs), targets)

            # Backward: backward() adds to what is in .grad, so that is cleared first.
            optimizer.zero_grad()
            loss.backward()

            # Now the gradient is complete and not yet used: the one moment to shorten it.
            if max_norm is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()

            # The criterion gave a mean. Times the size of the batch it is a sum, and sums of
            # batches of any size may be added. item() drops the graph.
            total += loss.item() * len(inputs)
            samples += len(inputs)

        epoch_losses.append(total / samples)
        if scheduler is not None:
            scheduler.step()
    return epoch_losses
