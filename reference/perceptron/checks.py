"""What a perceptron must do (lesson 001 §3.1).

Everything is judged by calling: the layer inside may have any name, and the training may follow a
gradient or Rosenblatt's rule. Points on the line itself are never asked about.
"""

from __future__ import annotations

import torch

from grader.checks import CheckFailed, check
from grader.checks.remote import kind
from grader.rules import found_in

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
CUBE = torch.tensor([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)], dtype=torch.float32)
OR = torch.tensor([[0.0], [1.0], [1.0], [1.0]])
PROBLEMS = {
    "AND": (CORNERS, torch.tensor([[0.0], [0.0], [0.0], [1.0]])),
    "OR": (CORNERS, OR),
    "a majority of three": (CUBE, (CUBE.sum(1, keepdim=True) > 1.5).float()),
}
XOR = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


def answers(model, x):
    """What the model answers to x: (N, 1), zeros and ones. Raises CheckFailed otherwise."""
    got = model(x).value
    if not isinstance(got, torch.Tensor):
        raise CheckFailed(f"the perceptron returns {kind(got)}, expected a tensor")
    if got.shape != (len(x), 1):
        raise CheckFailed(
            f"for {len(x)} rows the output has the shape {tuple(got.shape)}, expected ({len(x)}, 1)"
        )
    if not got.is_floating_point():
        raise CheckFailed(f"the output is {got.dtype}, expected a float tensor")
    strange = got[(got != 0) & (got != 1)]
    if len(strange):
        raise CheckFailed(f"the output holds {float(strange[0]):g}, expected only 0 and 1")
    return got


def mistakes(model, x, y):
    """How many rows of x the model answers otherwise than y says."""
    return int((answers(model, x) != y).sum())


def trained(student, x, y, *, seed, lr, epochs):
    """A fresh perceptron after training on x and y."""
    student.seed(seed)
    model = student.Perceptron(x.shape[1])
    student.train_perceptron(model, x, y, lr, epochs)
    return model


@check("forward")
def test_forward(student, draw):
    """The output has the shape (N, 1) and holds zeros and ones."""
    for dim, rows in ((2, 4), (5, 1), (3, 17)):
        answers(student.Perceptron(dim), 3 * draw.normal(rows, dim))


@check("or_gate")
def test_or_gate(student, draw):
    """or_gate() answers OR, and its border is where x₁ + x₂ = 0.5."""
    gate = student.or_gate()
    if not gate.is_callable:
        raise CheckFailed(f"or_gate() returns {kind(gate)}, expected a Perceptron")
    got = answers(gate, CORNERS)
    if not torch.equal(got, OR):
        seen = " ".join(f"{value:g}" for value in got.flatten())
        raise CheckFailed(
            "or_gate() does not answer OR",
            details=[f"for (0,0) (0,1) (1,0) (1,1)   expected 0 1 1 1   got {seen}"],
        )
    along = draw.uniform(40, low=-2.0, high=2.0)
    beside = draw.uniform(40, low=0.01, high=0.3) * torch.tensor([1.0, -1.0]).repeat(20)
    points = torch.stack([0.25 + along + beside, 0.25 - along + beside], dim=1)
    wrong = (answers(gate, points) != (beside > 0).float()[:, None]).flatten()
    if wrong.any():
        (x1, x2), expected = points[wrong][0].tolist(), int((beside > 0)[wrong][0])
        raise CheckFailed(
            f"or_gate() answers {1 - expected} at ({x1:.3f}, {x2:.3f}), whose sum is "
            f"{x1 + x2:.3f}; with weights 1 and 1 and the bias −0.5 it is {expected}"
        )


@check("learns")
def test_learns(student, draw, settings):
    """AND, OR and a majority of three are learned from fresh weights."""
    # One line suffices, so no training gets stuck. The further ones, with fresh weights and more
    # time, are for starts so far off that descent from them is slow: of 20,000 starts of each of
    # the usual losses and rules, none needed more than 100 epochs.
    for name, (x, y) in PROBLEMS.items():
        wrong = []
        for epochs in settings["epochs"]:
            seed = draw.choice(0, 10**6)
            model = trained(student, x, y, seed=seed, lr=settings["lr"], epochs=epochs)
            wrong.append(mistakes(model, x, y))
            if not wrong[-1]:
                break
        else:
            raise CheckFailed(
                f"the perceptron does not learn {name}: of {len(wrong)} trainings at "
                f"lr={settings['lr']:g} with up to {max(settings['epochs'])} epochs, the best "
                f"leaves {min(wrong)} of the {len(x)} rows wrong, expected none"
            )


@check("linear")
def test_linear(student, draw, settings):
    """The border stays a straight line, so XOR is never answered in full."""
    lr, epochs = settings["lr"], settings["epochs"]
    model = trained(student, CORNERS, XOR, seed=draw.choice(0, 10**6), lr=lr, epochs=epochs)
    if mistakes(model, CORNERS, XOR) == 0:
        raise CheckFailed("the perceptron answers all of XOR, which no straight line can")
    # Each side of a straight line holds, with any two points, the one halfway between them.
    points = draw.uniform(400, 2, low=-1.0, high=2.0)
    side = answers(model, points).flatten()
    for value in (0.0, 1.0):
        group = points[side == value]
        pairs = group[: len(group) // 2 * 2].reshape(-1, 2, 2)
        if len(pairs) and not (answers(model, pairs.mean(1)) == value).all():
            raise CheckFailed(
                f"two points are answered {value:g} and the point halfway between them "
                f"{1 - value:g}: the border is not a straight line"
            )


@check("lr_and_epochs")
def test_lr_and_epochs(student, draw):
    """The training takes `epochs` steps of the size `lr`."""
    seed = draw.choice(0, 10**6)
    changes = [change(student, y, seed, lr=0.01, epochs=1) for y in (OR, 1 - OR)]
    moved, size = max(changes)
    if moved == 0:
        raise CheckFailed("one epoch at lr=0.01 changes no weight of the model that it is given")
    # A squared error pulls the harder the larger the weights are.
    if moved > 0.05 * (1 + size):
        raise CheckFailed(
            f"one epoch at lr=0.01 moves a weight by {moved:.3g}, expected at most "
            f"{0.05 * (1 + size):.3g}: the training takes more or larger steps than it is told"
        )
    still, _ = max(change(student, y, seed, lr=1e-9, epochs=20) for y in (OR, 1 - OR))
    if still > 1e-5:
        raise CheckFailed(
            f"20 epochs at lr=1e-9 move a weight by {still:.3g}, expected next to nothing: "
            "the step size is not the one that is passed"
        )


def change(student, y, seed, *, lr, epochs):
    """The largest change of a weight in a training on the corners, and the sum of all before."""
    student.seed(seed)
    model, train = student.Perceptron(2), student.train_perceptron
    before, after = student.props.before_and_after(model, train, CORNERS, y, lr, epochs).value
    if before.shape != after.shape or not len(before):
        raise CheckFailed("the model has no weights that stay its own while it is trained")
    return float((after - before).abs().max()), float(before.abs().sum())


@check("clears_gradients")
def test_clears_gradients(student, draw):
    """No step uses gradients that an earlier step has used."""
    student.seed(draw.choice(0, 10**6))
    model = student.Perceptron(2)
    _, trace = student.trace(student.train_perceptron, model, CORNERS, OR, 0.1, 5)
    findings = found_in(trace, "gradients-not-cleared")
    if findings:
        raise CheckFailed("steps use gradients left over from earlier steps", findings=findings)
