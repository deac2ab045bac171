"""What the two counts must be (lessons 003 §6.1, 002, 004)."""

from __future__ import annotations

import itertools

import numpy as np
import torch

from grader.checks import CheckFailed, check

LESSONS = (
    ([784, 256, 128, 10], 235_146),
    ([784, 128, 64, 32, 16, 10], 111_514),
    ([784, 512, 10], 407_050),
    ([784, 512, 256, 128, 10], 567_434),
    ([2, 16, 8, 1], 193),
    ([2, 16, 8, 4, 1], 225),
    ([784, 300, 300, 10], 328_810),
)
"""Networks of the lessons, and what they count."""


def linear(n, m):
    """The numbers of one fully connected layer."""
    return n * m + m


def same_count(handle, expected, call):
    """Fail unless the student's answer is this whole number."""
    got = handle.value
    if isinstance(got, (torch.Tensor, np.ndarray)) and got.shape == ():
        got = got.item()  # a single number, if not a plain one
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        kind = "None" if got is None else f"a {handle.type_name}"
        raise CheckFailed(f"{call} returned {kind}, expected a whole number")
    if got != expected:
        raise CheckFailed(f"{call} returned {got:,}, expected {expected:,}")


# --- from the sizes -------------------------------------------------------------------------------


@check("sizes")
def test_sizes_of_the_lessons(student):
    """The counts agree with those of the lessons, and with others."""
    for sizes, expected in LESSONS:
        same_count(student.count_params(sizes), expected, f"count_params({sizes})")


@check("sizes")
def test_other_sizes(student, draw, untouched):
    """The counts of networks that no lesson names are right."""
    for layers in (1, 2, 5, draw.choice(8, 20)):
        sizes = [draw.choice(1, 60 if layers < 8 else 2000) for _ in range(layers + 1)]
        expected = sum(linear(n, m) for n, m in itertools.pairwise(sizes))
        given = student.put(sizes)
        with untouched(by="count_params()", sizes=given):
            counted = student.count_params(given)
        same_count(counted, expected, f"count_params({sizes})")


# --- from the model -------------------------------------------------------------------------------


@check("model")
def test_models_of_the_lessons(student, draw):
    """Networks of all kinds of layers are counted right."""
    props = student.props
    sizes = [draw.choice(2, 30) for _ in range(4)]
    expected = sum(linear(n, m) for n, m in itertools.pairwise(sizes))
    large = [draw.choice(900, 1300), draw.choice(900, 1300)]
    for widths, count in (*LESSONS[:1], *LESSONS[4:5], (sizes, expected), (large, linear(*large))):
        text = f"count_parameters of a network {'-'.join(map(str, widths))}"
        same_count(student.count_parameters(props.mlp(widths)), count, text)


@check("model")
def test_mixed_layers(student, draw, untouched):
    """Layers of other kinds are counted right, in any mode and precision, and left as they were."""
    channels, width = draw.choice(2, 5), draw.choice(2, 6)
    expected = (
        channels * width * 3 * 2  # convolution without bias
        + 2 * width  # batch normalisation: scale and shift
        + (width * 2) * 3 * 3 + width * 2  # a convolution in as many groups as channels
        + 7 * width  # embedding
        + 3 * width + 6  # inside: a layer without bias, and layer normalisation
        + 2 * width + 1  # bare parameters, one of them a single number
        + 4 * 2 * (width + 2) + 2 * 4 * 2  # LSTM: four gates, two biases each
    )  # fmt: skip
    text = "count_parameters of a network of convolutions, normalisation, embedding and LSTM"
    model = student.props.mixed(channels, width)
    with untouched(by="count_parameters()", model=model):
        counted = student.count_parameters(model)
    same_count(counted, expected, text)
    text += ", in float64 and evaluation mode"
    same_count(student.count_parameters(model.double().eval()), expected, text)


@check("model")
def test_no_parameters(student):
    """A model without parameters counts 0."""
    text = "count_parameters of a model without parameters"
    same_count(student.count_parameters(student.props.nn.ReLU()), 0, text)


@check("frozen")
def test_frozen(student, draw):
    """Frozen parameters do not count."""
    props = student.props
    n, m, k = (draw.choice(2, 20) for _ in range(3))
    cases = (
        ("the first layer", ["0.weight", "0.bias"], linear(m, k)),
        ("one bias", ["2.bias"], linear(n, m) + m * k),
    )
    for what, names, expected in cases:
        model = props.freeze(props.mlp([n, m, k]), names)
        text = f"count_parameters of a network {n}-{m}-{k} with {what} frozen"
        same_count(student.count_parameters(model), expected, text)
    model = props.freeze_all(props.mlp([n, m, k]))
    text = f"count_parameters of a network {n}-{m}-{k} with everything frozen"
    same_count(student.count_parameters(model), 0, text)


@check("shared")
def test_shared(student, draw):
    """A parameter that is used in several places counts once."""
    n, m = draw.choice(3, 12), draw.choice(13, 30)
    text = f"count_parameters of a network that uses one layer {n}-{n} three times"
    same_count(student.count_parameters(student.props.repeated(n)), linear(n, n), text)
    text = f"count_parameters of an encoder and a decoder that share one weight {m} x {n}"
    same_count(student.count_parameters(student.props.Tied(m, n)), m * n + m, text)
