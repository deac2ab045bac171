"""What a perceptron must do (lesson 001 §3.1).

Everything is judged by calling: the layer inside may have any name, and the training may follow a
gradient or Rosenblatt's rule. Points on the line itself are never asked about.
"""

from __future__ import annotations

import torch

from grader.checks import CheckFailed, NotJudged, check
from grader.checks.forms import known_form
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
GATES = {"AND": PROBLEMS["AND"][1], "NAND": 1 - PROBLEMS["AND"][1], "NOR": 1 - OR, "XOR": XOR}
"""What other gates answer at the corners, by their names."""


def answers(model, x, rows=None):
    """What the model answers to x: (N, 1), zeros and ones. Raises CheckFailed otherwise."""
    got = model(x).value
    rows = len(x) if rows is None else rows
    if not isinstance(got, torch.Tensor):
        raise CheckFailed(f"the perceptron returns {kind(got)}, expected a tensor")
    if got.shape != (rows, 1):
        raise CheckFailed(
            f"for {rows} rows the output has the shape {tuple(got.shape)}, expected ({rows}, 1)"
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


NO_STEP = 1e-9
"""A step size at which no number of epochs moves a weight by what could be seen."""
SEEDS = ("torch's seed", "NumPy's seed", "Python's seed")
"""A training may set them: then it is the same each time."""


def problems(draw):
    """Inputs and labels by the name of what is to be learned."""
    # Many rows of many features, of which the first and the last decide.
    size = draw.choice(18, 40)
    deciding = torch.eye(size)[[0, 0, -1, -1]] * torch.tensor([[1.0], [-1.0], [1.0], [-1.0]])
    signs = deciding.repeat_interleave(10, dim=0)
    labels = (signs.sum(1, keepdim=True) > 0).float()
    return PROBLEMS | {f"the sign of the one of {size} inputs that isn't 0": (signs, labels)}


@check("forward")
def test_forward(student, draw, untouched):
    """The output has the shape (N, 1) and holds zeros and ones, in evaluation mode too."""
    for dim, rows in ((2, 4), (5, 1), (3, 17), (draw.choice(30, 70), draw.choice(40, 90))):
        model, x = student.Perceptron(dim), student.put(30 * draw.normal(rows, dim))
        with untouched(by="the perceptron", x=x):
            got = answers(model, x, rows)
        again = answers(student.props.in_evaluation(model), x, rows)
        alone = student.props.row_by_row(model, x).value
        if not torch.equal(got, again):
            raise CheckFailed(f"for the same {rows} rows the output is another at a second call")
        if not isinstance(alone, torch.Tensor) or not torch.equal(got, alone):
            raise CheckFailed(f"for {rows} rows the output is another than for each row alone")


@check("or_gate")
def test_or_gate(student, draw):
    """or_gate() answers OR, and its border is where x₁ + x₂ = 0.5."""
    gate = student.or_gate()
    if not gate.is_callable:
        raise CheckFailed(f"or_gate() returns {kind(gate)}, expected a Perceptron")
    if student.props.is_made_by(gate, student.Perceptron).value is not True:
        raise CheckFailed(f"or_gate() returns {kind(gate)}, expected a Perceptron")
    got = answers(gate, CORNERS)
    if not torch.equal(got, OR):
        seen = " ".join(f"{value:g}" for value in got.flatten())
        known = known_form(got, OR, GATES, torch.equal)
        raise CheckFailed(
            f"or_gate() answers {known}, not OR" if known else "or_gate() does not answer OR",
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
def test_learns(student, draw, settings, untouched):
    """AND, OR and a majority of three are learned from fresh weights, and the data left alone."""
    # One line suffices, so no training gets stuck. The further ones, with fresh weights and more
    # time, are for starts so far off that descent from them is slow: of 20,000 starts of each of
    # the usual losses and rules, none needed more than 100 epochs.
    train, untrained = student.train_perceptron, []
    for name, (x, y) in problems(draw).items():
        wrong, given = [], student.put([x, y])
        for epochs in settings["epochs"]:
            student.seed(draw.choice(0, 10**6))
            model = student.Perceptron(x.shape[1])
            with untouched(by="train_perceptron()", but=SEEDS, X=given[0], y=given[1]):
                train(model, given[0], given[1], settings["lr"], epochs)
            wrong.append(mistakes(model, x, y))
            if not wrong[-1]:
                break
        else:
            raise CheckFailed(
                f"the perceptron does not learn {name}: of {len(wrong)} trainings at "
                f"lr={settings['lr']:g} with up to {max(settings['epochs'])} epochs, the best "
                f"leaves {min(wrong)} of the {len(x)} rows wrong, expected none"
            )
        # New weights may fit a problem by chance, and not all of them.
        for _ in range(2):
            other = student.Perceptron(x.shape[1])
            got = student.props.with_numbers_of(model, other, x).value
            untrained.append(isinstance(got, torch.Tensor) and torch.equal(got, y))
    if all(untrained):
        raise CheckFailed(
            "each trained perceptron answers the same with the weights and the bias of a new one: "
            "what it answers is not where w·x + b is positive"
        )
    for lr in (NO_STEP, settings["lr"]):
        known = all(
            knows_at_once(student, draw, lr, each) for each in reversed(problems(draw).values())
        )
        # A training of ever so many epochs, whatever it is told, does learn by its steps.
        if known and (lr == NO_STEP or 0 < steps_of_an_epoch(student, lr) <= len(CORNERS)):
            raise CheckFailed(
                f"every problem is solved by one epoch at lr={lr:g}, whatever the weights were: it "
                "is not steps of this size that bring the answer"
            )


def steps_of_an_epoch(student, lr):
    """How many steps were seen in one epoch on OR."""
    model = student.Perceptron(2)
    return student.trace(student.train_perceptron, model, CORNERS, OR, lr, 1)[1].updates


def knows_at_once(student, draw, lr, problem):
    """Whether weights answer all rows after one epoch, and others as well."""
    x, y = problem
    for _ in range(2):
        student.seed(draw.choice(0, 10**6))
        model = student.Perceptron(x.shape[1])
        student.train_perceptron(model, x, y, lr, 1)
        if mistakes(model, x, y):
            return False
    return True


@check("linear")
def test_linear(student, draw, settings):
    """The border stays a straight line, so XOR is never answered in full."""
    student.seed(draw.choice(0, 10**6))
    model = student.Perceptron(2)
    student.train_perceptron(model, CORNERS, XOR, settings["lr"], settings["epochs"])
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
    *_, before, middle, after = path(student, (OR, 1 - OR) * 2, seed, lr=0.01, epochs=1)
    if torch.equal(before, middle) and torch.equal(middle, after):
        raise CheckFailed(
            "one epoch at lr=0.01 changes no weight of a model that was trained before"
        )
    # A squared error pulls the harder the larger the weights are.
    if moved > 0.05 * (1 + size):
        raise CheckFailed(
            f"one epoch at lr=0.01 moves a weight by {moved:.3g}, expected at most "
            f"{0.05 * (1 + size):.3g}: the training takes more or larger steps than it is told"
        )
    idle, _ = change(student, OR, seed, lr=0.01, epochs=0)
    if idle:
        raise CheckFailed(f"no epoch at lr=0.01 moves a weight by {idle:.3g}, expected nothing")
    still, _ = max(change(student, y, seed, lr=NO_STEP, epochs=20) for y in (OR, 1 - OR))
    if still > 1e-5:
        raise CheckFailed(
            f"20 epochs at lr={NO_STEP:g} move a weight by {still:.3g}, expected next to nothing: "
            "the step size is not the one that is passed"
        )


def change(student, y, seed, *, lr, epochs):
    """The largest change of a weight in a training on the corners, and the sum of all before."""
    before, after = path(student, [y], seed, lr=lr, epochs=epochs)
    return float((after - before).abs().max()), float(before.abs().sum())


def path(student, labels, seed, *, lr, epochs):
    """The weights of one model at first and after a training on each of these labels."""
    student.seed(seed)
    model, train = student.Perceptron(2), student.train_perceptron
    told = student.props.while_trained(model, train, CORNERS, list(labels), lr, epochs).value
    return same_weights(told, 1 + len(labels))


def same_weights(told, count):
    """So many times the numbers of one model, as the student's process told them."""
    found = told if isinstance(told, list) else []
    shapes = {each.shape for each in found if isinstance(each, torch.Tensor)}
    if len(found) != count or len(shapes) != 1 or not found[0].numel():
        raise CheckFailed("the model has no weights that stay its own while it is trained")
    return found


@check("clears_gradients")
def test_clears_gradients(student, draw):
    """No step uses gradients that an earlier step has used."""
    student.seed(draw.choice(0, 10**6))
    model, train = student.Perceptron(2), student.train_perceptron
    # A rule that learns from mistakes makes one on these labels or on the opposite ones.
    labels = [OR, 1 - OR]
    told, trace = student.trace(
        student.props.while_trained, model, train, CORNERS, labels, 0.1, draw.choice(5, 40)
    )
    findings = found_in(trace, "gradients-not-cleared")
    if findings:
        raise CheckFailed("steps use gradients left over from earlier steps", findings=findings)
    start, *later = same_weights(told.value, 3)
    if all(torch.equal(start, each) for each in later):
        raise NotJudged("the training changes no weight, so no step was seen")
