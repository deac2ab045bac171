"""One good script that trains on digits, and 43 variants of it with one fault each.

What a newcomer would hand in: a network, loaders, a loop over epochs, a validation. The pictures are
drawn by the script, ten patterns with noise, so that it runs anywhere in two seconds.
"""

from __future__ import annotations

from composing.marking import mark

GOOD = """\
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
patterns = (torch.rand(10, 1, 12, 12) > 0.6).float()


def pictures(count):
    labels = torch.randint(0, 10, (count,))
    images = 255 * (0.8 * patterns[labels] + 0.25 * torch.rand(count, 1, 12, 12)).clamp(0, 1)
    return images, labels


def scaled(images):
    return (images / 255 - 0.4) / 0.35


train_images, train_labels = pictures(640)
val_images, val_labels = pictures(200)
train_set = TensorDataset(scaled(train_images), train_labels)
val_set = TensorDataset(scaled(val_images), val_labels)
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=64)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.bn = nn.BatchNorm2d(8)
        self.fc1 = nn.Linear(200, 48)
        self.fc2 = nn.Linear(48, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn(self.conv(x))), 2)
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, 0.2, training=self.training)
        return self.fc2(x)


model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
best, best_weights = 0.0, None
losses = []
for epoch in range(5):
    model.train()
    running = 0.0
    for images, labels in train_loader:
        optimizer.zero_grad()
        outputs = model(images)
        loss = criterion(outputs, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        running += loss.item()
    scheduler.step()
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            outputs = model(images)
            correct += (outputs.argmax(dim=1) == labels).sum().item()
    accuracy = correct / len(val_set)
    losses.append(running / len(train_loader))
    if accuracy > best:
        best, best_weights = accuracy, copy.deepcopy(model.state_dict())
    print(f"epoch {epoch}: loss {losses[-1]:.3f}, accuracy {accuracy:.3f}")
model.load_state_dict(best_weights)
"""

LOSS = "loss = criterion(outputs, labels)"
CLEAR = "        optimizer.zero_grad()\n"
MADE = "optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)"
LAST = "return self.fc2(x)"
HIDDEN = "x = F.relu(self.fc1(x))"

VARIANTS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "softmax in forward": ("softmax-before-cross-entropy", ((LAST, "return F.softmax(self.fc2(x), dim=1)"), (LOSS, LOSS))),
    "softmax before the loss": ("softmax-before-cross-entropy", ((LOSS, "loss = criterion(outputs.softmax(1), labels)"),)),
    "relu on the scores": ("activation-before-cross-entropy", ((LAST, "return F.relu(self.fc2(x))"), (LOSS, LOSS))),
    "sigmoid on the scores": ("activation-before-cross-entropy", ((LOSS, "loss = criterion(torch.sigmoid(outputs), labels)"),)),
    "softmax into NLL": ("nll-loss-without-log-softmax", ((LOSS, "loss = F.nll_loss(F.softmax(outputs, dim=1), labels)"),)),
    "scores into NLL": ("nll-loss-without-log-softmax", (("nn.CrossEntropyLoss()", "nn.NLLLoss()"), (LOSS, LOSS))),
    "softmax over the batch": ("softmax-over-batch", ((LOSS, "loss = F.nll_loss(F.log_softmax(outputs, dim=0), labels)"),)),
    "class called": ("loss-class-not-instance", ((LOSS, "loss = nn.CrossEntropyLoss(outputs, labels)"),)),
    "rate far too high": ("learning-rate-too-high", (("lr=0.05", "lr=200.0"),)),
    "rate far too low": ("learning-rate-too-low", (("lr=0.05", "lr=1e-9"),)),
    "rate grows": ("learning-rate-grows", (("step_size=2, gamma=0.5)", "step_size=1, gamma=30.0)"),)),
    "never cleared": ("gradients-not-cleared", ((CLEAR, ""), ("loss.backward()", "loss.backward()"))),
    "cleared once": ("gradients-not-cleared", ((CLEAR, ""), ("losses = []\n", "losses = []\noptimizer.zero_grad()\n"), ("loss.backward()", "loss.backward()"))),
    "cleared without a call": ("gradients-not-cleared", ((CLEAR, "        optimizer.zero_grad\n"), ("loss.backward()", "loss.backward()"))),
    "cleared before the step": ("gradients-cleared-before-step", ((CLEAR, ""), ("        nn.utils", "        optimizer.zero_grad()\n        nn.utils"), ("        optimizer.step()", "        optimizer.step()"))),
    "step before backward": ("step-before-backward", (("        loss.backward()\n", ""), ("        optimizer.step()", "        optimizer.step()\n        loss.backward()"))),
    "no backward": ("no-backward", (("        loss.backward()\n", ""), ("        optimizer.step()", "        optimizer.step()"))),
    "no step": ("no-step", (("        optimizer.step()\n", ""), ("loss.backward()", "loss.backward()"))),
    "step without a call": ("no-step", (("optimizer.step()", "optimizer.step"), ("loss.backward()", "loss.backward()"))),
    "head exchanged afterwards": ("optimizer-over-other-parameters", (("best, best_weights = 0.0, None", "model.fc2 = nn.Linear(48, 10)\nbest, best_weights = 0.0, None"), (MADE, MADE))),
    "another model's optimizer": ("optimizer-over-other-parameters", (("optim.SGD(model.parameters()", "optim.SGD(Net().parameters()"),)),
    "optimizer anew": ("optimizer-made-anew", (("        optimizer.zero_grad()", f"        {MADE}\n        optimizer.zero_grad()"),)),
    "model anew": ("model-made-anew", (("    model.train()\n", f"    model = Net()\n    {MADE}\n    model.train()\n"),)),
    "train not restored": ("training-in-evaluation-mode", (("    model.train()\n", ""), (LOSS, LOSS))),
    "no eval": ("validation-in-train-mode", (("    model.eval()\n", ""), ("            outputs = model(images)", "            outputs = model(images)"))),
    "no no_grad": ("validation-tracks-gradients", (("    with torch.no_grad():\n", "    if True:\n"), ("            outputs = model(images)", "            outputs = model(images)"))),
    "functional dropout": ("dropout-in-evaluation", (("F.dropout(x, 0.2, training=self.training)", "F.dropout(x, 0.2)"),)),
    "no nonlinearity": ("no-nonlinearity", ((HIDDEN, "x = self.fc1(x)"),)),
    "graph kept": ("graph-kept", (("loss.backward()", "loss.backward(retain_graph=True)"),)),
    "graphs summed up": ("graph-kept", (("running += loss.item()", "running += loss"),)),
    "clipped after the step": ("clip-after-step", (("        nn.utils.clip_grad_norm_(model.parameters(), 5.0)\n", ""), ("        optimizer.step()\n", "        optimizer.step()\n        nn.utils.clip_grad_norm_(model.parameters(), 5.0)\n"))),
    "schedule per batch": ("scheduler-per-batch", (("    scheduler.step()\n", ""), ("        running +=", "        scheduler.step()\n        running +="))),
    "schedule forgotten": ("scheduler-never-stepped", (("    scheduler.step()\n", ""), ("scheduler = optim", "scheduler = optim"))),
    "accuracy against batches": ("accuracy-counted-wrong", (("accuracy = correct / len(val_set)", "accuracy = correct / len(val_loader)"),)),
    "accuracy of a square": ("accuracy-broadcasts-shapes", (("(outputs.argmax(dim=1) == labels)", "(outputs.argmax(dim=1, keepdim=True) == labels)"),)),
    "loss cut": ("loss-cut-from-graph", ((LOSS, f"{LOSS}\n        loss = torch.tensor(loss.item(), requires_grad=True)"), ("loss.backward()", "loss.backward()"))),
    "layers in a list": ("layers-not-registered", (("self.fc1 = nn.Linear(200, 48)", "self.parts = [nn.Linear(200, 48)]"), ("self.fc1(x)", "self.parts[0](x)"))),
    "weights alike": ("symmetric-initial-weights", (("criterion = nn", "nn.init.zeros_(model.fc1.weight)\nnn.init.zeros_(model.fc2.weight)\ncriterion = nn"),)),
    "inputs as they are": ("inputs-unscaled", (("TensorDataset(scaled(train_images)", "TensorDataset(train_images"), ("TensorDataset(scaled(val_images)", "TensorDataset(val_images"))),
    "sorted": ("data-sorted", (("batch_size=32, shuffle=True", "batch_size=32, shuffle=False"), ("train_images, train_labels = pictures(640)", "train_images, train_labels = pictures(640)\norder = train_labels.argsort()\ntrain_images, train_labels = train_images[order], train_labels[order]"))),
    "labels apart": ("labels-shuffled-apart", (("train_set = TensorDataset", "train_labels = train_labels[torch.randperm(640)]\ntrain_set = TensorDataset"),)),
    "same data for both": ("same-data-for-both", (("val_loader = DataLoader(val_set", "val_loader = DataLoader(train_set"), ("len(val_set)", "len(train_set)"))),
    "best weights as an alias": ("best-weights-aliased", (("copy.deepcopy(model.state_dict())", "model.state_dict()"),)),
}  # fmt: skip


def variant(name: str) -> str:
    """The script with one fault, whose lines are marked."""
    rule, exchanges = VARIANTS[name]
    text = GOOD
    for old, new in exchanges:
        assert old in text, (name, old)
        at = text.index(old)
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at + len(old.rstrip("\n")))
        piece = text[start:at] + new + text[at + len(old) : end]
        lines = [
            mark(line, rule) if line.strip() and "# finding" not in line else line
            for line in piece.split("\n")
        ]
        text = text[:start] + "\n".join(lines) + text[max(end, at + len(old)) :]
    return text
