"""Reference solution of `debug_loop` (lesson 1.3 §8): the loop with its four bugs repaired.

`train_loader` and `val_loader` are defined before this file runs. They yield images
(N, 1, 28, 28), float32 and normalised, and labels (N,), int64.
"""
# ruff: noqa: F821 -- train_loader and val_loader come from outside

import torch
from torch import nn

EPOCHS = 5

model = nn.Sequential(
    nn.Linear(784, 256),
    nn.ReLU(),
    nn.Linear(256, 10),
)

# Repair 1, the step size. A gradient says where the loss falls *here*; a step of 100 times that
# gradient lands where it says nothing any more, and the next one is thrown further still. From
# 0.01 to 0.3 this network learns; 0.1 takes it past 90 % in the first epochs.
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

# Repair 2, the loss. `nn.CrossEntropyLoss` is a class: calling it makes a loss, and calling what
# it made compares logits with labels. One instance serves the whole training.
criterion = nn.CrossEntropyLoss()

for epoch in range(1, EPOCHS + 1):
    # --- training ---
    model.train()
    total_loss = 0.0
    for images, labels in train_loader:  # (64, 1, 28, 28) and (64,); the last may be shorter
        logits = model(images.flatten(1))  # (64, 784) -> (64, 10), one score for each digit
        loss = criterion(logits, labels)  # a scalar: the mean over the batch

        # Repair 3, the gradients. backward() *adds* to what is in `.grad`, so that gradients of
        # several batches can be summed on purpose. Here each step is to see its own batch alone.
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

        total_loss += loss.item() * len(labels)

    # --- validation ---
    # Repair 4, two switches. eval() puts layers such as dropout and batch norm into the state in
    # which the model will be used; no_grad() records no graph, for nothing is learned here. This
    # network has no such layer, so neither changes a number yet. Both will, one day.
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            predictions = model(images.flatten(1)).argmax(dim=1)  # (256,), the digit of each image
            correct += int((predictions == labels).sum())

    mean_loss = total_loss / len(train_loader.dataset)
    accuracy = correct / len(val_loader.dataset)
    print(f"epoch {epoch}: training loss {mean_loss:.4f}, validation accuracy {accuracy:.1%}")
