"""A training loop with its bugs, the same one repaired, and what the rules find in it."""

from __future__ import annotations

from grader.model import (
    Evidence,
    Finding,
    Level,
    Place,
)

LOOP = """\
import torch
import torch.nn as nn

model = nn.Sequential(
    nn.Linear(784, 256),
    nn.ReLU(),
    nn.Linear(256, 10)
)

optimizer = torch.optim.SGD(model.parameters(), lr=100.0)

for epoch in range(10):
    for images, labels in train_loader:
        images = images.view(images.shape[0], -1)
        logits = model(images)

        loss = nn.CrossEntropyLoss(logits, labels)

        loss.backward()
        optimizer.step()

    # Validation
    correct = 0
    total = 0
    for images, labels in val_loader:
        images = images.view(images.shape[0], -1)
        logits = model(images)
        predictions = logits.argmax(dim=1)
        correct += (predictions == labels).sum().item()
        total += images.shape[0]

    print(f"Epoch {epoch+1} | Loss: {loss.item():.4f} | Val Acc: {100*correct/total:.1f}%")
"""

REPAIRED = '''\
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()


def evaluate(model, loader):
    """Share of right predictions, in eval mode and without gradients."""
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for images, labels in loader:
            predictions = model(images.flatten(1)).argmax(dim=1)
            correct += (predictions == labels).sum().item()
            total += len(labels)
    return correct / total


for epoch in range(10):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images.flatten(1)), labels)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch + 1}: loss {loss.item():.4f}, accuracy {evaluate(model, val_loader):.3f}")
'''

RATE = Finding(
    rule="learning-rate-too-high",
    level=Level.ERROR,
    place=Place("loop.py", 10),
    step=1,
    what="the first update moved the weights 41 times as far as they are long, and the loss rose "
    "from 2.31 to 1,874 in one step",
    evidence=(
        Evidence(label="loss after step 1", expected="below 2.31", actual="1874.2"),
        Evidence(label="update / weights, step 1", expected="about 0.001", actual="41.3"),
        Evidence(label="same steps, rate ÷ 1000", expected="loss falls", actual="2.31 → 0.94"),
    ),
    fix="lower the learning rate until the loss of the first steps falls",
    why="A step much longer than the distance to the minimum lands on the other side, higher up. "
    "The next gradient is larger still, and so is the next step: the loss grows until it is no "
    "longer a number.",
)
STALE = Finding(
    rule="gradients-not-cleared",
    level=Level.ERROR,
    place=Place("loop.py", 19),
    step=2,
    what="step 2 adds its gradients to those of step 1",
    evidence=(
        Evidence(
            label="before this backward pass", expected="no gradients", actual="those of step 1"
        ),
    ),
    fix="clear the gradients once per step, before this line",
    why="backward() adds to .grad. Without clearing, step 100 follows the sum of a hundred "
    "batches' gradients, most of them computed for weights that no longer exist.",
)
LOSS_CLASS = Finding(
    rule="loss-class-not-instance",
    level=Level.ERROR,
    place=Place("loop.py", 17),
    step=1,
    what="nn.CrossEntropyLoss is a class: calling it with logits and labels builds a loss object "
    "and computes no loss",
    evidence=(
        Evidence(
            label="arguments of the constructor",
            expected="settings such as label_smoothing",
            actual="tensors of shape (64, 10) and (64,)",
        ),
    ),
    fix="make one instance of the class before the loop and call that instance here",
    why="The class's parentheses take settings; the instance's parentheses take predictions and "
    "targets.",
)
TRAIN_MODE = Finding(
    rule="validation-in-train-mode",
    level=Level.ERROR,
    place=Place("loop.py", 27),
    step=125,
    what="the model read validation images in training mode",
    evidence=(Evidence(label="model.training", expected="False", actual="True"),),
    fix="switch the model to evaluation mode before validation, and back before training",
    why="In training mode dropout still drops and batch norm still learns from validation images: "
    "the accuracy is not that of the model you would use.",
)
TRACKS = Finding(
    rule="validation-tracks-gradients",
    level=Level.ERROR,
    place=Place("loop.py", 27),
    step=125,
    what="the forward pass on validation images recorded a graph for gradients that nothing uses",
    evidence=(Evidence(label="logits.requires_grad", expected="False", actual="True"),),
    fix="turn gradient tracking off around the validation loop",
    why="The graph keeps every activation alive: slower, and on a large model out of memory.",
)
