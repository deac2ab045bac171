"""What the two counts must be (lessons 003 §6.1, 002, 004)."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import torch

from grader.checks import CheckFailed, check
from grader.checks.forms import known_form, on

PROPS = Path(__file__).parents[2] / "exercises" / "parameter_counting" / "props.py"

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


def load_props():
    """The exercise's own props.py, on this side."""
    spec = importlib.util.spec_from_file_location("parameter_counting_props", PROPS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCAL = load_props()


def pairs(sizes):
    """Each layer's size with the next one's."""
    return list(itertools.pairwise(sizes))


WRONG_SIZES = {
    "the weights alone: the biases are missing": lambda sizes: sum(n * m for n, m in pairs(sizes)),
    "counted with as many biases as a layer has inputs": lambda sizes: sum(
        n * m + n for n, m in pairs(sizes)
    ),
    "counted with one bias for each layer": lambda sizes: sum(n * m + 1 for n, m in pairs(sizes)),
    "that without the last layer": lambda sizes: sum(linear(*pair) for pair in pairs(sizes)[:-1]),
    "that of the first layer alone": lambda sizes: linear(*sizes[:2]),
    "counted with weights between all layers, not only neighbours": lambda sizes: (
        sum(n * m for n, m in itertools.combinations(sizes, 2)) + sum(sizes[1:])
    ),
}
WRONG_MODELS = {
    "counted with the buffers, which are no parameters": lambda model: sum(
        value.numel() for value in model.state_dict().values()
    ),
    "counted anew in each module that holds the layer": lambda model: sum(
        p.numel() for module in model.modules() for p in module.parameters()
    ),
    "that of the frozen parameters alone": lambda model: sum(
        p.numel() for p in model.parameters() if not p.requires_grad
    ),
    "that of the rows of the parameters, not of their numbers": lambda model: sum(
        p.shape[0] if p.ndim else 1 for p in model.parameters()
    ),
    "that of the tensors, not of the numbers in them": lambda model: len(list(model.parameters())),
    "that of the linear layers alone": lambda model: sum(
        linear(layer.in_features, layer.out_features)
        for layer in model.modules()
        if isinstance(layer, torch.nn.Linear)
    ),
    "that of the layers at the top alone": lambda model: sum(
        p.numel() for layer in model.children() for p in layer.parameters(recurse=False)
    ),
    "counted once for all parameters of one shape": lambda model: sum(
        torch.Size(shape).numel() for shape in {p.shape for p in model.parameters()}
    ),
    "that of the weights alone: the biases are missing": lambda model: sum(
        p.numel() for name, p in model.named_parameters() if "weight" in name
    ),
}
WRONG_FROZEN = {
    "counted with the frozen parameters": lambda model: sum(p.numel() for p in model.parameters()),
    "that of the frozen parameters alone": WRONG_MODELS["that of the frozen parameters alone"],
    "all or nothing, as the first parameter is frozen or not": lambda model: sum(
        p.numel() for p in model.parameters() if next(model.parameters()).requires_grad
    ),
}
WRONG_SHARED = {
    "counted again for each name of a shared parameter": lambda model: sum(
        p.numel() for _, p in model.named_parameters(remove_duplicate=False)
    ),
}
"""What the known slips count, by what that is."""


def same_count(handle, expected, call, forms):
    """Fail unless the student's answer is this whole number."""
    got = handle.value
    if isinstance(got, (torch.Tensor, np.ndarray)) and got.shape == ():
        got = got.item()  # a single number, if not a plain one
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        kind = "None" if got is None else f"a {handle.type_name}"
        raise CheckFailed(f"{call} returned {kind}, expected a whole number")
    slip = known_form(got, expected, forms, lambda one, other: one == other)
    if got != expected:
        named = f": it is {slip}" if slip else ""
        raise CheckFailed(f"{call} returned {got:,}, expected {expected:,}{named}")


# --- from the sizes -------------------------------------------------------------------------------


@check("sizes")
def test_sizes_of_the_lessons(student):
    """The counts agree with those of the lessons, and with others."""
    for sizes, expected in LESSONS:
        call = f"count_params({sizes})"
        same_count(student.count_params(sizes), expected, call, on(WRONG_SIZES, sizes))


@check("sizes")
def test_other_sizes(student, draw, untouched):
    """The counts of networks that no lesson names are right."""
    some = [
        [draw.choice(1, 60 if layers < 8 else 2000) for _ in range(layers + 1)]
        for layers in (1, 2, 5, draw.choice(8, 20))
    ]
    some.append([draw.choice(2, 60)] * draw.choice(4, 7))  # equal layers are layers each
    for sizes in some:
        expected = sum(linear(n, m) for n, m in itertools.pairwise(sizes))
        given = student.put(sizes)
        with untouched(by="count_params()", sizes=given):
            counted = student.count_params(given)
        same_count(counted, expected, f"count_params({sizes})", on(WRONG_SIZES, sizes))


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
        forms = on(WRONG_MODELS, LOCAL.mlp(widths))
        same_count(student.count_parameters(props.mlp(widths)), count, text, forms)


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
    forms = on(WRONG_MODELS, LOCAL.mixed(channels, width))
    model = student.props.mixed(channels, width)
    with untouched(by="count_parameters()", model=model):
        counted = student.count_parameters(model)
    same_count(counted, expected, text, forms)
    text += ", in float64 and evaluation mode"
    same_count(student.count_parameters(model.double().eval()), expected, text, forms)


@check("model")
def test_no_parameters(student):
    """A model without parameters counts 0."""
    text = "count_parameters of a model without parameters"
    same_count(student.count_parameters(student.props.nn.ReLU()), 0, text, {})


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
        forms = on(WRONG_FROZEN, LOCAL.freeze(LOCAL.mlp([n, m, k]), names))
        same_count(student.count_parameters(model), expected, text, forms)
    model = props.freeze_all(props.mlp([n, m, k]))
    text = f"count_parameters of a network {n}-{m}-{k} with everything frozen"
    forms = on(WRONG_FROZEN, LOCAL.freeze_all(LOCAL.mlp([n, m, k])))
    same_count(student.count_parameters(model), 0, text, forms)


@check("shared")
def test_shared(student, draw):
    """A parameter that is used in several places counts once."""
    n, m = draw.choice(3, 12), draw.choice(13, 30)
    text = f"count_parameters of a network that uses one layer {n}-{n} three times"
    forms = on(WRONG_SHARED, LOCAL.repeated(n))
    same_count(student.count_parameters(student.props.repeated(n)), linear(n, n), text, forms)
    text = f"count_parameters of an encoder and a decoder that share one weight {m} x {n}"
    forms = on(WRONG_SHARED, LOCAL.Tied(m, n))
    same_count(student.count_parameters(student.props.Tied(m, n)), m * n + m, text, forms)
