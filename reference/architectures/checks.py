"""What the six architectures must do (lesson 001 §3.3).

A class may name and order its layers as it likes. The grader reads the shapes of its parameters,
fills them with numbers of its own, and computes what must come out by `torch.nn.functional`. Where
shapes leave open which parameter is whose, every assignment that fits is tried.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest
import torch
import torch.nn.functional as F

from grader.checks import CheckFailed, check

DTYPES = (torch.float32, torch.float64)


# --- the student's model --------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """A model over there, its parameters in their order, and the assignments to layers to try.

    Each assignment gives the indexes of the weights, then those of the biases or None.
    """

    name: str
    remote: object
    shapes: list
    assignments: list
    values: list = ()

    def filled(self, props, draw, dtype):
        """This model with numbers from the grader, small enough to keep sums near 1."""
        values = [draw.normal(*shape, dtype=dtype) / fan_in(shape) ** 0.5 for shape in self.shapes]
        props.fill(self.remote, values)
        return replace(self, values=values)


def fan_in(shape):
    """How many numbers a unit with weights of this shape adds up; 4 for a bias."""
    size = 1
    for length in shape[1:]:
        size *= length
    return max(size, 4)


def make(student, name, *arguments, layers, example, biases=True):
    """Make the student's class, and see that it has the parameters of these layers.

    ``layers`` are the shapes of the weights, or a function of the shapes found, that gives them.
    ``example`` is what a forward pass may be given, for layers that learn their sizes from it.
    """
    call = f"{name}({', '.join(map(str, arguments))})"
    remote = student.get(name)(*arguments)
    found = student.props.shapes(remote, *example).value
    if not isinstance(found, list):
        raise CheckFailed(f"{call} is a {remote.type_name}, expected a torch.nn.Module")
    shapes = [shape for _, shape in found]
    for parameter, shape in found:
        if 0 in shape:
            raise CheckFailed(f"{parameter} of {call} has the shape {tuple(shape)}: it is empty")
    wanted = layers(shapes) if callable(layers) else layers
    weights = [i for i, shape in enumerate(shapes) if len(shape) > 1]
    vectors = [i for i, shape in enumerate(shapes) if len(shape) <= 1]
    assignments = [] if wanted is None else fitting(shapes, weights, vectors, wanted, biases)
    if not assignments:
        told = ", ".join(f"{n} {tuple(shape)}" for n, shape in found[:8])
        told = told or "none (layers in a plain list don't count, those in an nn.ModuleList do)"
        raise CheckFailed(
            f"{call} does not have the parameters of this architecture",
            details=[f"expected weights {wanted_text(wanted)} and a bias for each   got {told}"],
        )
    return Model(name=call, remote=remote, shapes=shapes, assignments=assignments)


def wanted_text(wanted):
    """The shapes of weights, in words."""
    return "of such layers" if wanted is None else " and ".join(map(str, wanted))


def fitting(shapes, weights, vectors, wanted, biases):
    """The ways to give the parameters to layers with these weights; the order given comes first."""
    if len(weights) != len(wanted) or (biases and len(vectors) != len(wanted)):
        return []
    padded = [*vectors, *[None] * (len(wanted) - len(vectors))]
    if len(padded) != len(wanted):
        return []
    orders = [
        order
        for order in itertools.permutations(weights)
        if all(shapes[i] == tuple(shape) for i, shape in zip(order, wanted, strict=True))
    ]
    offsets = [
        order
        for order in dict.fromkeys(itertools.permutations(padded))
        if all(i is None or shapes[i] == shape[:1] for i, shape in zip(order, wanted, strict=True))
    ]
    return list(itertools.product(orders, offsets))


# --- running and comparing ------------------------------------------------------------------------


def compare(agree, props, draw, model, forwards, inputs, *more, wrong):
    """Run the model, and fail unless it agrees with one of ``forwards`` under one assignment.

    A forward takes the list of (weight, bias) and the inputs, and gives the list of outputs. Those
    that are ``wrong`` are named where the layers are taken in the order of registration.
    """
    dtype = inputs[0].dtype
    model = model.filled(props, draw, dtype)
    candidates = [(forward, assignment) for forward in forwards for assignment in model.assignments]
    outputs = expected(model, *candidates[0], inputs)[0]
    weights = [draw.normal(*output.shape, dtype=dtype) for output in outputs]
    model.remote.train(dtype is torch.float32)  # the mode makes no difference to these classes
    told = props.run(model.remote, inputs, weights, *more).value
    first, order = None, model.assignments[0]
    slips = {said: expected(model, form, order, inputs)[0] for said, form in wrong.items()}
    for candidate in candidates:
        try:
            wanted = expected(model, *candidate, inputs, weights)
            return same(agree, told, model, wanted, more, slips)
        except CheckFailed as error:
            first = first or error
    raise first


def expected(model, forward, assignment, inputs, weights=None):
    """Outputs, and the gradients of inputs and parameters, of one forward and assignment."""
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    values = [value.detach().clone().requires_grad_() for value in model.values]
    order, offsets = assignment
    layers = [
        (values[w], None if b is None else values[b]) for w, b in zip(order, offsets, strict=True)
    ]
    outputs = forward(layers, *inputs)
    if weights is None:
        return outputs, None, None
    loss = sum((o * w).sum() for o, w in zip(outputs, weights, strict=True))
    grads = torch.autograd.grad(loss, [*inputs, *values], allow_unused=True)
    return outputs, grads[: len(inputs)], grads[len(inputs) :]


def same(agree, told, model, wanted, more, slips):
    """Compare what the student's model gave with outputs and gradients."""
    outputs, inputs, parameters = wanted
    got = told.get("outputs") if isinstance(told, dict) else None
    call = model.name + (f" at depth {more[0]}" if more else "")
    if not isinstance(got, list) or len(got) != len(outputs):
        count = len(got) if isinstance(got, list) else 0
        told = {0: "no output", 1: "one output"}.get(count, f"{count} outputs")
        needed = "one" if len(outputs) == 1 else f"{len(outputs)}, one for each input"
        raise CheckFailed(f"{call} returned {told}, expected {needed}")
    for index, (ours, theirs) in enumerate(zip(outputs, got, strict=True)):
        which = f"output {index + 1} of {call}" if len(outputs) > 1 else f"the output of {call}"
        forms = {said: outputs[index].detach() for said, outputs in slips.items()}
        agree(theirs, ours.detach(), what=which, forms=forms)
    for index, ours in enumerate(inputs):
        close(agree, told, "inputs", index, ours, f"the gradient of input {index + 1} of {call}")
    for index, ours in enumerate(parameters):
        shape = model.shapes[index]
        what = f"the gradient of the parameter of shape {shape} of {call}"
        close(agree, told, "parameters", index, ours, what)


def close(agree, told, key, index, want, what):
    """One gradient; where none is expected zeros will do as well."""
    grads = told.get(key)
    got = grads[index] if isinstance(grads, list) and index < len(grads) else None
    if want is None:
        if isinstance(got, torch.Tensor) and bool((got != 0).any()):
            raise CheckFailed(f"{what} is not zero, though it takes no part in the output")
        return
    agree(got, want, what=what)


# --- classifiers ----------------------------------------------------------------------------------


MLP = [(256, 784), (10, 256)]


def mlp(layers, x):
    """784-256-10 with a ReLU between."""
    (w1, b1), (w2, b2) = layers
    return [F.linear(F.relu(F.linear(x, w1, b1)), w2, b2)]


def mlp_with(between, last=None):
    """The same with another function between the layers, or one at the end."""

    def forward(layers, x):
        (w1, b1), (w2, b2) = layers
        scores = F.linear(between(F.linear(x, w1, b1)), w2, b2)
        return [scores if last is None else last(scores)]

    return forward


WRONG_MLPS = {
    "what comes out without the ReLU between the layers": mlp_with(torch.clone),
    "what comes out with a sigmoid, not a ReLU, between the layers": mlp_with(torch.sigmoid),
    "what comes out with tanh, not a ReLU, between the layers": mlp_with(torch.tanh),
    "what comes out with a ReLU after the last layer too": mlp_with(F.relu, F.relu),
    "what comes out with a softmax at the end": mlp_with(F.relu, lambda x: x.softmax(1)),
    "what comes out with a log-softmax at the end": mlp_with(F.relu, lambda x: x.log_softmax(1)),
}
"""What the known slips of each architecture compute."""


def classifier(student, agree, draw, name):
    """Both precisions, several samples and one, of the network 784-256-10."""
    model = make(student, name, layers=MLP, example=[torch.zeros(2, 784)])
    for dtype, batch in ((DTYPES[0], draw.choice(40, 130)), (DTYPES[1], 1)):
        x = draw.normal(batch, 784, dtype=dtype)
        compare(agree, student.props, draw, model, [mlp], [x], wrong=WRONG_MLPS)


@check("sequential")
def test_sequential(student, agree, draw):
    """SequentialNet gives the outputs and gradients of 784-256-10."""
    classifier(student, agree, draw, "SequentialNet")


@check("custom")
def test_custom(student, agree, draw):
    """CustomNet gives the outputs and gradients of 784-256-10."""
    classifier(student, agree, draw, "CustomNet")


# --- convolutions ---------------------------------------------------------------------------------


def images(channels):
    """Two small images, for a first call."""
    return torch.zeros(2, channels, 4, 4)


def residual(layers, x):
    """Two 3x3 convolutions with a shortcut around them."""
    (w1, b1), (w2, b2) = layers
    change = F.conv2d(F.relu(F.conv2d(x, w1, b1, padding=1)), w2, b2, padding=1)
    return [F.relu(x + change)]


def block(join, between=F.relu, last=F.relu):
    """The same with parts that may be others: ``join`` takes the input and the change of it."""

    def forward(layers, x):
        (w1, b1), (w2, b2) = layers
        change = F.conv2d(between(F.conv2d(x, w1, b1, padding=1)), w2, b2, padding=1)
        return [last(join(x, change))]

    return forward


WRONG_BLOCKS = {
    "what comes out without the ReLU between the convolutions": block(torch.add, torch.clone),
    "what comes out without the ReLU after the sum": block(torch.add, last=torch.clone),
    "what comes out with the last ReLU before the sum, not after it": block(
        lambda x, change: x + F.relu(change), last=torch.clone
    ),
    "what comes out if the input is subtracted, not added": block(lambda x, change: change - x),
    "what comes out if nothing is added": block(lambda _x, change: change),
    "what comes out if input and change are multiplied": block(torch.mul),
}


def two_of(channels):
    """The weights of two 3x3 convolutions."""
    return [(channels, channels, 3, 3)] * 2


def first_channels(shapes):
    """Two 3x3 convolutions of as many channels as the first parameter has, or None."""
    return two_of(shapes[0][0]) if shapes and shapes[0] else None


@check("residual")
def test_skip(student, draw):
    """The input is added to what the convolutions make of it."""
    channels = draw.choice(2, 4)
    model = make(
        student, "ResidualBlock", channels, layers=two_of(channels), example=[images(channels)],
        biases=False,
    )  # fmt: skip
    student.props.fill(model.remote, [torch.zeros(shape) for shape in model.shapes])
    x = draw.normal(2, channels, 4, 5)
    told = student.props.run(model.remote, [x], None).value
    got = first_output(told)
    if not isinstance(got, torch.Tensor) or got.shape != x.shape:
        shape = tuple(got.shape) if isinstance(got, torch.Tensor) else "no tensor"
        raise CheckFailed(
            f"ResidualBlock({channels}) turned an input {tuple(x.shape)} into {shape}, "
            "expected the same shape"
        )
    if bool((got == 0).all()):
        raise CheckFailed(
            "with all weights at zero the block gives zeros: nothing of its input is added"
        )


@check("residual")
@pytest.mark.parametrize("default", [False, True])
def test_residual(student, agree, draw, default):
    """The shortcut goes around both convolutions, and a ReLU comes after it."""
    channels = draw.choice(2, 5)
    arguments, layers = ((), first_channels) if default else ((channels,), two_of(channels))
    # The task's own number of channels is 16; lazy layers of another one would be told here.
    example = [images(16 if default else channels)]
    model = make(student, "ResidualBlock", *arguments, layers=layers, example=example, biases=False)
    channels = model.shapes[0][0]
    for dtype, (n, h, w) in zip(DTYPES, ((2, 5, draw.choice(20, 30)), (1, 3, 6)), strict=True):
        x = draw.normal(n, channels, h, w, dtype=dtype)
        compare(agree, student.props, draw, model, [residual], [x], wrong=WRONG_BLOCKS)
        if default:
            return


def branches(layers, x):
    """A 1x1 and a 3x3 convolution side by side."""
    (w1, b1), (w3, b3) = layers
    return [torch.cat([F.conv2d(x, w1, b1), F.conv2d(x, w3, b3, padding=1)], dim=1)]


def other_order(layers, x):
    """The 3x3 branch first, which is as good."""
    one, three = branches(layers, x)[0].split([len(layers[0][0]), len(layers[1][0])], dim=1)
    return [torch.cat([three, one], dim=1)]


def halves(layers, x):
    """What each branch gives."""
    return branches(layers, x)[0].split([len(weight) for weight, _ in layers], dim=1)


def first_twice(layers, x):
    """The first branch in the place of the second."""
    (w1, b1), _ = layers
    return [torch.cat([F.conv2d(x, w1, b1)] * 2, dim=1)]


def with_relus(layers, x):
    """A ReLU after both branches."""
    return [F.relu(branches(layers, x)[0])]


WRONG_BRANCHES = {
    "the first branch twice": first_twice,
    "what comes out with a ReLU after the branches": with_relus,
}
WRONG_JOINS = {
    "joined along the batch, not along the channels": lambda layers, x: [
        torch.cat(halves(layers, x), dim=0)
    ],
    "joined along the height, not along the channels": lambda layers, x: [
        torch.cat(halves(layers, x), dim=2)
    ],
    "the sum of the branches: they are to be joined": lambda layers, x: [sum(halves(layers, x))],
}
"""What can be done only with branches of as many channels."""


def wrong_branches(model):
    """The known slips for the channels that a model has chosen."""
    channels = {shape[0] for shape in model.shapes if len(shape) == 4}
    return {**WRONG_BRANCHES, **(WRONG_JOINS if len(channels) == 1 else {})}


def two_kernels(in_channels=None, out_channels=None):
    """A function of the shapes found that gives the weights of both branches.

    ``out_channels`` may be those of each branch or those of both together.
    """

    def layers(shapes):
        found = {shape[2:]: shape for shape in shapes if len(shape) == 4}
        if set(found) != {(1, 1), (3, 3)}:
            one = (out_channels or "out", in_channels or "in")
            return [(*one, 1, 1), (*one, 3, 3)]
        pair = [found[1, 1], found[3, 3]]
        outs = pair[0][0] + pair[1][0]
        if out_channels is not None and outs not in (out_channels, 2 * out_channels):
            return [(out_channels, in_channels, k, k) for k in (1, 3)]
        inputs = in_channels or pair[0][1]
        return [(shape[0], inputs, *shape[2:]) for shape in pair]

    return layers


@check("branch")
@pytest.mark.parametrize("default", [False, True])
def test_branch(student, agree, draw, default):
    """Both branches see the input, and their channels stand side by side."""
    sizes = () if default else (draw.choice(2, 4), 2 * draw.choice(3, 4))
    example = [images(sizes[0] if sizes else 3)]
    model = make(
        student, "BranchNet", *sizes, layers=two_kernels(*sizes), example=example, biases=False
    )
    channels = next(shape[1] for shape in model.shapes if len(shape) == 4)
    for dtype, (n, h, w) in zip(DTYPES, ((2, draw.choice(20, 30), 4), (1, 3, 6)), strict=True):
        x = draw.normal(n, channels, h, w, dtype=dtype)
        forwards = [branches, other_order]
        wrong = wrong_branches(model)
        compare(agree, student.props, draw, model, forwards, [x], wrong=wrong)
        if default:
            return


# --- shared weights -------------------------------------------------------------------------------


def chain(shapes):
    """The weights of the network, from the one with 784 inputs on, each fitting the one before.

    The widths after 784 are free. Where no such chain exists, that of the task is expected.
    """
    weights = [shape for shape in shapes if len(shape) == 2]
    if 2 <= len(weights) <= 4:
        for order in itertools.permutations(weights):
            joints = itertools.pairwise(order)
            if order[0][1] == 784 and all(a[0] == b[1] for a, b in joints):
                return list(order)
    return MLP


def twins(relus):
    """A function that sends each input through all layers, with a ReLU after some of them."""

    def forward(layers, *inputs):
        outputs = list(inputs)
        for (w, b), relu in zip(layers, (*relus, False), strict=True):
            outputs = [F.linear(x, w, b) for x in outputs]
            outputs = [F.relu(x) for x in outputs] if relu else outputs
        return outputs

    return forward


WRONG_TWINS = {
    "that of the first input once more": lambda layers, one, _other: twins(
        (True,) * (len(layers) - 1)
    )(layers, one, one),
}


@check("siamese")
def test_siamese(student, agree, draw):
    """Both inputs pass through one encoder and one head."""
    model = make(student, "SiameseNet", layers=chain, example=[torch.zeros(2, 784)] * 2)
    joints = len(model.assignments[0][0]) - 1
    forwards = [twins(relus) for relus in itertools.product((True, False), repeat=joints)]
    for dtype, batch in ((DTYPES[0], draw.choice(40, 90)), (DTYPES[1], 1)):
        pair = [draw.normal(batch, 784, dtype=dtype) for _ in range(2)]
        compare(agree, student.props, draw, model, forwards, pair, wrong=WRONG_TWINS)


# --- depth ----------------------------------------------------------------------------------------


def stack(depth):
    """A function that runs the first ``depth`` layers, a ReLU after each."""

    def forward(layers, x):
        for w, b in layers[:depth]:
            x = F.relu(F.linear(x, w, b))
        return [x]

    return forward


def wrong_stacks(depth):
    """What the known slips run, by what they are."""

    def run(chosen, last=F.relu):
        def forward(layers, x):
            for number, (w, b) in enumerate(chosen(layers), 1):
                x = F.linear(x, w, b)
                x = F.relu(x) if number < len(chosen(layers)) else last(x)
            return [x]

        return forward

    return {
        "what comes out if all layers run, whatever the depth": run(lambda layers: layers),
        "what comes out if the last layers run, not the first": run(lambda layers: layers[-depth:]),
        "what comes out if one layer more runs": run(lambda layers: layers[: depth + 1]),
        "what comes out if one layer alone runs": run(lambda layers: layers[:1]),
        "what comes out without the ReLU after the last layer that runs": run(
            lambda layers: layers[:depth], torch.clone
        ),
        "what comes out if the layers after the first ones run": run(lambda layers: layers[depth:]),
    }


@check("dynamic")
def test_dynamic(student, agree, draw):
    """The first layers run, as many as depth says."""
    width, count = draw.choice(3, 7), 3
    example = [torch.zeros(2, width), count]
    layers = [(width, width)] * count
    model = make(student, "DynamicNet", width, count, layers=layers, example=example)
    # The order of registration alone, so that "the first layers" means something.
    model, calls = replace(model, assignments=model.assignments[:1]), {}
    for depth, dtype in ((1, torch.float32), (2, torch.float64), (3, torch.float32)):
        x = draw.normal(4 - depth, width, dtype=dtype)
        wrong = wrong_stacks(depth)
        compare(agree, student.props, draw, model, [stack(depth)], [x], depth, wrong=wrong)
        told = student.props.run(model.remote, [x], None, depth).value
        calls[depth] = told.get("calls") if isinstance(told, dict) else None
    if calls[1] == calls[3] != 0:
        raise CheckFailed(
            f"DynamicNet({width}, {count}) runs {calls[1]} layers at depth 1 and at depth 3 alike"
        )


@check("dynamic")
def test_dynamic_sizes(student, draw):
    """Width and number of layers are those asked for, or the class's own."""
    width, count = draw.choice(3, 7), draw.choice(6, 12)
    net = student.DynamicNet(width, count)
    weights = matrices(student, net, torch.zeros(2, width), count)
    if weights != [(width, width)] * count:
        raise CheckFailed(
            f"DynamicNet({width}, {count}) has {len(weights)} weights, of shapes "
            f"{', '.join(map(str, weights[:6])) or 'none'}; expected {count} of {(width, width)}"
        )
    told = [student.props.run(net, [torch.zeros(2, width)], None, count - n).value for n in (1, 0)]
    calls = [each.get("calls") if isinstance(each, dict) else None for each in told]
    if calls[0] == calls[1] != 0:
        raise CheckFailed(
            f"DynamicNet({width}, {count}) runs {calls[0]!s:.20} layers at depth {count - 1} and "
            f"at depth {count} alike"
        )
    net = student.DynamicNet()
    weights = matrices(student, net)
    if not weights or 0 in weights[0]:
        raise CheckFailed("DynamicNet() has no linear layers, or layers of width 0")
    told = student.props.run(net, [draw.normal(2, weights[0][1])], None, 1).value
    got = tuple(getattr(first_output(told), "shape", ()))
    if got != (2, weights[0][1]):
        raise CheckFailed(f"DynamicNet() turned an input {(2, weights[0][1])} into {got}")


def matrices(student, model, *example):
    """The shapes of the weights of its linear layers."""
    found = student.props.shapes(model, *example).value
    return [shape for _, shape in found if len(shape) == 2] if isinstance(found, list) else []


def first_output(told):
    """The first output of a run, or None."""
    outputs = told.get("outputs") if isinstance(told, dict) else None
    return outputs[0] if isinstance(outputs, list) and outputs else None
