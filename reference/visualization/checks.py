"""What the two plots must show (lesson 1.3 §4 and §6).

Figures stay in the student's process; `props.py` tells them as plain data, which is judged
here: lines by their points, legend entries by the look that they share with a line, images by
their values as they are seen.
"""

from __future__ import annotations

import math
import re

import torch

from grader.checks import CheckFailed, check
from grader.checks.forms import known_form

NEURONS, SIDE = 32, 28
SAME_ROW = 0.01
"""Of a figure's height: axes whose tops differ by less stand in one row."""
SEEN_POINTS, SEEN_PIXELS = 0.5, 0.3
"""Least shares of a line's points and of an image's place in which the picture shows it."""
VARIED = 5.0
"""Of 255: how much the pixels of an image vary at the least."""
KEYS = ("train_loss", "val_loss", "train_acc", "val_acc")
WORDS = {"loss": "loss", "acc": "accuracy"}
SHORT = {"loss": "loss", "acc": "acc"}


def a_history(draw, epochs, keys=KEYS):
    """Lists of random numbers that differ from key to key and go up and down."""
    history = {}
    for key in keys:
        low, high = (0.05, 2.5) if key.endswith("loss") else (0.2, 0.999)
        history[key] = draw.uniform(epochs, low=low, high=high).double().tolist()
    return history


# --- what came over the wall ------------------------------------------------------------


def looked_at(student, function, given, look):
    """As ``drawn``, and what of the figure can be seen in its picture, of lines or images."""
    told = student.props.drawn(student.get(function), given, look).value
    if not isinstance(told.get("figure"), dict):
        raise CheckFailed(f"{function} returned {told.get('kind')}, expected a matplotlib Figure")
    return told["figure"], told.get("seen")


def drawn(student, function, given):
    """The figure that one call returns, as plain data. Raises CheckFailed if it is none."""
    return looked_at(student, function, given, None)[0]


def lines_of(figure):
    """(number of the axes, line) for every line of the figure that can be seen."""
    return [
        (number, line)
        for number, ax in enumerate(figure["axes"])
        for line in ax["lines"]
        if line["in_view"]
    ]


# --- lines --------------------------------------------------------------------------------


def holds(line, values, rtol=1e-5):
    """Whether a line's y values are these, NaN where they are."""
    expected = torch.tensor(values, dtype=torch.float64)
    y = line["y"]
    return y.shape == expected.shape and torch.allclose(y, expected, rtol=rtol, equal_nan=True)


def said_in_percent(figure, number):
    """Whether the y axis of these axes says that it shows percentages."""
    label = figure["axes"][number]["ylabel"].lower()
    return "%" in label or "percent" in label


def find(figure, history, key):
    """(number of the axes, line) for each line that holds a key's values."""
    values = history[key]
    hundredfold = [100 * value for value in values]
    return [
        (number, line)
        for number, line in lines_of(figure)
        if holds(line, values)
        or (key.endswith("acc") and said_in_percent(figure, number) and holds(line, hundredfold))
    ]


WRONG_LINES = {
    "its last ten values alone": lambda values: [values[-10:]],
    "its values without the first": lambda values: [values[1:]],
    "its values without those that are NaN": lambda values: [[v for v in values if v == v]],  # noqa: PLR0124
    "its values sorted, the largest first": lambda values: [sorted(values, reverse=True)],
    "its values sorted, the smallest first": lambda values: [sorted(values)],
    "its values times 100": lambda values: [[100 * v for v in values]],
}
"""What the known slips draw in place of a list of values."""


def wrong_lines(values):
    """Those of the slips that show with these values: few are more than ten, or have a NaN."""
    made = {said: slip(values) for said, slip in WRONG_LINES.items()}
    return {said: lines for said, lines in made.items() if not hold(lines, [values])}


def hold(lines, wanted):
    """Whether each of the ``wanted`` lists of values is among the lines."""
    return all(any(same_numbers(line, values) for line in lines) for values in wanted)


def same_numbers(one, other):
    """Whether two lists hold the same numbers; NaN is NaN."""
    one, other = (torch.as_tensor(each, dtype=torch.float64) for each in (one, other))
    return one.shape == other.shape and bool(
        torch.isclose(one, other, rtol=1e-6, equal_nan=True).all()
    )


def placed(figure, history):
    """The axes and line of every key, losses and accuracies apart. Raises CheckFailed."""
    found = {key: find(figure, history, key) for key in history}
    drawn = [line["y"] for _, line in lines_of(figure)]
    for key, lines in found.items():
        slip = known_form(drawn, [history[key]], wrong_lines(history[key]), hold)
        if not lines:
            named = f": one holds {slip}" if slip else ""
            raise CheckFailed(
                f"no line of the figure holds the {len(history[key])} values of {key}{named}",
                details=nearest(figure, history[key]),
            )
    where = {key: {number for number, _ in lines} for key, lines in found.items()}
    losses = set().union(*(where[key] for key in where if key.endswith("loss")))
    accuracies = set().union(*(where[key] for key in where if key.endswith("acc")))
    if losses & accuracies:
        both = [key for key in where if where[key] & losses & accuracies]
        raise CheckFailed(
            f"the same axes hold {' and '.join(both)}; losses and accuracies belong in two axes"
        )
    for quantity, numbers in (("loss", losses), ("acc", accuracies)):
        shared = set.intersection(*(where[key] for key in where if key.endswith(quantity)))
        if not shared:
            raise CheckFailed(f"the lines of {WORDS[quantity]} are in {len(numbers)} axes, not one")
    return {key: lines[0] for key, lines in found.items()}


def nearest(figure, values):
    """Lines for the reader about what is drawn where ``values`` were expected."""
    lines = [line for _, line in lines_of(figure)]
    same = [line for line in lines if len(line["y"]) == len(values)]
    if not same:
        counts = ", ".join(str(len(line["y"])) for line in lines[:8]) or "no line is in view"
        return [f"expected a line of {len(values)} points   got lines of: {counts}"]
    expected = torch.tensor(values, dtype=torch.float64)
    line = min(same, key=lambda each: float((each["y"] - expected).abs().nan_to_num(9e9).sum()))
    matches = torch.isclose(line["y"], expected, rtol=1e-5, equal_nan=True)
    epoch = int((~matches).nonzero()[0])
    return [
        f"in the line that comes nearest, {int((~matches).sum())} of {len(values)} points differ",
        f"epoch {epoch + 1}: expected {values[epoch]:.6g}   got {float(line['y'][epoch]):.6g}",
    ]


def same_epochs(lines):
    """Every line starts at epoch 0 or 1, all at the same, and goes on by one."""
    starts = set()
    for key, (_, line) in lines.items():
        x, count = line["x"], len(line["y"])
        start = float(x[0]) if len(x) else math.nan
        if start not in (0.0, 1.0) or not torch.allclose(x, start + torch.arange(count).double()):
            shown = ", ".join(f"{value:g}" for value in x[:4].tolist())
            raise CheckFailed(
                f"the line of {key} is not drawn over the epochs",
                details=[f"expected x = 0, 1, 2, … or 1, 2, 3, …   got {shown}"],
            )
        starts.add(start)
    if len(starts) > 1:
        raise CheckFailed("some lines count their epochs from 0 and some from 1")


@check("lines")
def test_lines(student, draw):
    """Each list of the history is a line of its values, losses and accuracies apart."""
    history = a_history(draw, 4)
    same_epochs(placed(drawn(student, "plot_history", history), history))


@check("lines")
def test_lines_are_seen(student, draw):
    """Each list of the history is a line that can be seen in the picture."""
    history = a_history(draw, draw.choice(17, 30))
    figure, seen = looked_at(student, "plot_history", history, "lines")
    lines = placed(figure, history)
    same_epochs(lines)
    for key, (number, line) in lines.items():
        drawn_here = figure["axes"][number]["lines"]
        index = next(n for n, each in enumerate(drawn_here) if each is line)
        share = at(seen, "lines", number, index)
        if not isinstance(share, float) or share < SEEN_POINTS:
            raise CheckFailed(
                f"the line of {key} can't be seen in the picture: without it the picture is the "
                "same"
            )
    texts = [text for told in at(seen, "texts") or () for text in told.items()]
    hidden = [text for text, is_seen in texts if is_seen is not True]
    if hidden:
        raise CheckFailed(f"the text {str(hidden[0])[:60]!r} can't be seen in the picture")
    if not all(one is True for one in at(seen, "legends") or ()):
        raise CheckFailed("a legend can't be seen in the picture")


def at(told, *path):
    """An entry of nested lists and dicts that came over the wall, or None."""
    for step in path:
        try:
            told = told[step]
        except (LookupError, TypeError):
            return None
    return told


@check("odd_values")
def test_one_epoch(student, draw):
    """A single epoch and NaN are drawn."""
    history = a_history(draw, 1)
    same_epochs(placed(drawn(student, "plot_history", history), history))


@check("odd_values")
def test_nan(student, draw):
    """A single epoch and NaN are drawn."""
    history = a_history(draw, 8)
    history["train_loss"][-2:] = [math.nan, math.nan]
    history["val_loss"][draw.choice(2, 5)] = math.nan
    same_epochs(placed(drawn(student, "plot_history", history), history))


@check("no_validation")
def test_no_validation(student, draw):
    """Without validation there are two lines, one in each of the axes."""
    history = a_history(draw, 5, keys=("train_loss", "train_acc"))
    same_epochs(placed(drawn(student, "plot_history", history), history))


# --- texts --------------------------------------------------------------------------------


@check("labels")
def test_labels(student, draw):
    """Axes and titles say what they show."""
    history = a_history(draw, 6)
    figure = drawn(student, "plot_history", history)
    lines = placed(figure, history)
    for quantity, word in WORDS.items():
        ax = figure["axes"][lines[f"train_{quantity}"][0]]
        for what, texts, part in (
            ("x axis", x_labels(figure, ax), "epoch"),
            ("y axis", [ax["ylabel"]], SHORT[quantity]),
            ("title", titles(figure, ax), SHORT[quantity]),
        ):
            if not any(part in text.lower() for text in texts):
                shown = " / ".join(repr(text[:40]) for text in texts if text) or "no text"
                raise CheckFailed(
                    f"the {what} of the axes with the {word} doesn't say so",
                    details=[f"expected a text with {part!r} in it   got {shown}"],
                )


def x_labels(figure, ax):
    """The labels of the x axis: of these axes, of those that share it, or of the figure."""
    shared = [figure["axes"][number]["xlabel"] for number in ax["shares_x"]]
    below = [
        other["xlabel"]
        for other in figure["axes"]
        if abs(other["left"] - ax["left"]) < 1e-3 and other["top"] > ax["top"]
    ]
    return [ax["xlabel"], *shared, *below, figure["xlabel"]]


def titles(figure, ax):
    """The titles of axes, of their twins, and of the figure."""
    twins = [figure["axes"][number]["titles"] for number in ax["same_place"]]
    return [*ax["titles"], *(text for texts in twins for text in texts), *figure["titles"]]


# --- legend -------------------------------------------------------------------------------


@check("legend")
def test_legend(student, draw):
    """Every line is named in a legend by the right name."""
    history = a_history(draw, 6)
    figure = drawn(student, "plot_history", history)
    for key, (number, line) in placed(figure, history).items():
        part = key.split("_")[0]
        texts = [entry["text"] for entry in of_this_look(legend_at(figure, number), line)]
        if not texts:
            raise CheckFailed(f"no entry of a legend has the colour and dashes of {key}")
        wrong = [text for text in texts if named(text) != part]
        if wrong:
            raise CheckFailed(
                f"the legend gives the line of {key} a wrong name",
                details=[f"expected a name with {part!r} in it   got {wrong[0][:60]!r}"],
            )


def legend_at(figure, number):
    """The entries of the legend beside a line: in its axes, in their twins, or in the figure."""
    ax = figure["axes"][number]
    beside = [figure["axes"][other]["legend"] for other in ax["same_place"]]
    legends = [entries for entries in (*beside, *figure["legends"]) if entries]
    if not legends:
        raise CheckFailed("axes with two lines have no legend, and the figure has none either")
    return [entry for entries in legends for entry in entries]


def of_this_look(entries, line):
    """The entries that look like a line: of its colour, and of several those of its dashes."""
    for name in ("color", "dashes", "marker"):
        same = [entry for entry in entries if entry[name] == line[name]]
        if name == "color" or same:
            entries = same
    return entries


def named(text):
    """The part, "train" or "val", that a name says first; else nothing."""
    found = re.search(r"train|(?<![a-z])val(?!u)", text.lower())
    return found[0] if found else ""


# --- images -------------------------------------------------------------------------------


def weights(draw):
    """Weights (n, 784) of a first layer, n from 32 on."""
    return 0.05 * draw.normal(draw.choice(NEURONS, 200), SIDE * SIDE)


@check("images")
def test_images(student, draw, settings):
    """The grid holds the weights of the first 32 neurons as they are seen."""
    weight = weights(draw)
    figure, looks = looked_at(student, "plot_weights", student.props.Net(weight), "images")
    seen = [(ax["top"], ax["left"], image) for ax in figure["axes"] for image in ax["images"][:1]]
    if len(seen) != NEURONS:
        raise CheckFailed(f"the figure shows {len(seen)} images, expected {NEURONS}")
    for _, _, image in seen:
        if image.shape != (SIDE, SIDE):
            shape = "x".join(map(str, image.shape))
            raise CheckFailed(
                f"an image holds an array of {shape}, expected the weights as 28x28 numbers"
            )
    expected = weight[:NEURONS].double().reshape(-1, SIDE, SIDE)
    by_rows = [image for *_, image in in_rows(seen)]
    by_columns = [image for *_, image in in_rows([(left, top, i) for top, left, i in seen])]
    limit = settings["largest_difference"]
    if not any(
        all(same_picture(image, row, limit) for image, row in zip(images, expected, strict=True))
        for images in (by_rows, by_columns)
    ):
        raise CheckFailed(wrong_images(by_rows, expected, limit, weight))
    for number, look in enumerate(each for each in looks if each is not None):
        share, varies = look
        if not (share >= SEEN_PIXELS and varies >= VARIED):
            raise CheckFailed(f"image {number + 1} of the figure can't be seen in the picture")


def in_rows(seen):
    """Images with their (top, left), row by row and from left to right in each."""
    rows = []
    for place in sorted(seen, key=lambda each: each[0]):
        if not rows or place[0] - rows[-1][0][0] > SAME_ROW:
            rows.append([])
        rows[-1].append(place)
    return [place for row in rows for place in sorted(row, key=lambda each: each[1])]


def same_picture(image, weight, limit):
    """Whether an image shows these weights, whatever scale and zero it gives them."""
    return bool((unit(image) - unit(weight)).abs().max() <= limit)


def unit(values):
    """Values from 0 to 1."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low)


def wrong_images(images, expected, limit, weight):
    """One sentence about a grid that doesn't show what it should."""
    if len(images) > 1 and all(torch.equal(image, images[0]) for image in images):
        return "all 32 images are the same; each neuron has weights of its own"
    for turned, what in (
        (lambda image: image.T, "transposed: 28 weights after each other are a row, not a column"),
        (lambda image: image.flip(0), "upside down: weight 0 belongs to the top left pixel"),
        (lambda image: image.flip(1), "mirrored: weight 0 belongs to the top left pixel"),
        (lambda image: -image, "negative: the largest weight is drawn as the smallest value"),
    ):
        if all(same_picture(turned(i), e, limit) for i, e in zip(images, expected, strict=True)):
            return f"the images are {what}"
    mixed = weight.double().T.reshape(-1, SIDE, SIDE)[:NEURONS]
    if all(same_picture(i, m, limit) for i, m in zip(images, mixed, strict=True)):
        return "the images are cut from the transposed weight, so each mixes many neurons"
    if all(any(same_picture(i, e, limit) for e in expected) for i in images):
        return "the images show weights of the right neurons in another order"
    wrong = next(n for n, i in enumerate(images) if not same_picture(i, expected[n], limit))
    return f"image {wrong + 1} of the grid doesn't show the weights of neuron {wrong + 1}"


# --- figures and what they are made from --------------------------------------------------


@check("own_figure")
def test_own_figure(student, draw):
    """Every call returns a figure of its own and leaves earlier ones alone."""
    gallery = student.props.Gallery()
    model = student.props.Net(weights(draw))
    calls = [
        ("plot_history", a_history(draw, 5)),
        ("plot_history", a_history(draw, 5)),
        ("plot_weights", model),
    ]
    before = None
    for number, (function, given) in enumerate(calls):
        told = gallery.call(student.get(function), given).value
        if not told.get("is_figure"):
            raise CheckFailed(f"{function} returned {told.get('kind')}, expected a Figure")
        for earlier in range(number):
            if gallery.are_one(earlier, number).value is not False:
                raise CheckFailed(
                    f"call {number + 1}, of {function}, returned the figure of call {earlier + 1}"
                )
        before = before or lines_of(gallery.describe(0).value)
    after = lines_of(gallery.describe(0).value)
    if len(after) != len(before) or not all(map(same_line, before, after)):
        raise CheckFailed("a later call changed the figure that the first one had returned")


def same_line(before, after):
    """Whether a line holds what it held before."""
    return torch.equal(before[1]["y"].nan_to_num(), after[1]["y"].nan_to_num())


@check("untouched")
def test_history_untouched(student, draw):
    """History and model are afterwards as they were before."""
    history = a_history(draw, 7)
    kept = student.put(history)
    student.plot_history(kept)
    after = kept.value
    changed = [key for key in history if not is_this_list(after.get(key), history[key])]
    changed += [str(key)[:40] for key in after if key not in history]
    if changed:
        raise CheckFailed(f"plot_history changed the history that it was given: {changed[0]}")


def is_this_list(value, numbers):
    """Whether a value that came over the wall is still the list of these numbers."""
    same_kind = isinstance(value, list) and all(isinstance(item, float) for item in value)
    return same_kind and value == numbers


@check("untouched")
def test_model_untouched(student, draw):
    """History and model are afterwards as they were before."""
    model = student.props.Net(weights(draw))
    before = student.props.state(model).value
    student.plot_weights(model)
    after = student.props.state(model).value
    for what in ("requires grad", "has a gradient", "training mode"):
        if after[what] != before[what]:
            raise CheckFailed(f"plot_weights changed the model: {what}")
    for name, values in before["weights"].items():
        now = after["weights"].get(name)
        if not isinstance(now, torch.Tensor) or not torch.equal(now, values):
            raise CheckFailed(f"plot_weights changed the parameter {name}")
