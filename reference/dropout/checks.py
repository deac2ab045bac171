"""What a hand-written dropout must do (lesson 1.3 §5)."""

from __future__ import annotations

import math

import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.chance import ERROR_RATE, mean_bound, share_bounds
from grader.checks.sight import AUTOGRAD

pytestmark = pytest.mark.usefixtures("watched")  # a built-in may stand behind one size alone

DTYPES = [torch.float32, torch.float64]
FEW = 16
"""So few float32 numbers that `rand > 0`, false once in 2^24, is as good as `rand >= 0`."""


def away_from_zero(draw, *shape, dtype=torch.float32):
    """Random numbers from 0.5 to 2 of both signs: an output of 0 means that one was dropped."""
    sign = 2 * draw.integers(*shape, high=2) - 1
    return draw.uniform(*shape, low=0.5, high=2.0, dtype=dtype) * sign


def output_of(layer, x, like):
    """What the layer over there makes of ``x``: a tensor with the shape and dtype of ``like``."""
    out = layer(x).value
    if not isinstance(out, torch.Tensor):
        kind = "None" if out is None else "no tensor"
        raise CheckFailed(f"the output is {kind}, expected a tensor like the input")
    for name in ("shape", "dtype"):
        expected, got = getattr(like, name), getattr(out, name)
        if expected != got:
            shown = [tuple(each) if name == "shape" else each for each in (expected, got)]
            raise CheckFailed(
                f"the output has the wrong {name}",
                details=[f"expected {shown[0]}   got {shown[1]}"],
            )
    return out


def unchanged(kept, x):
    """Fail if the call has changed the tensor that it was given."""
    after = kept.value
    if not isinstance(after, torch.Tensor) or not torch.equal(after, x):
        raise CheckFailed("the call has changed its input, expected a new tensor as the result")


@check("interface")
def test_interface(student):
    """A new layer is in training mode and has no parameters."""
    layer = student.ManualDropout()
    mode = layer.training.value
    if mode is not True and not (type(mode) is int and mode == 1):
        raise CheckFailed("`training` of a new ManualDropout is not True")
    given = [student.props.parameters(layer).value for _ in range(2)]
    if given != [0, 0]:
        raise CheckFailed("a dropout has nothing to train, so parameters() must give []")


@check("eval_identity")
@pytest.mark.parametrize("p", [0.5, 0.9])
def test_evaluation(student, draw, agree, p):
    """Outside of training the output is the input."""
    layer = student.ManualDropout(p)
    layer.training = False
    x = draw.normal(draw.choice(6, 60), 20, dtype=torch.float64 if p == 0.9 else torch.float32)
    for more in (0, 30):
        for _ in range(more):
            layer(x[:1])  # a layer is called very often
        kept = student.put(x)
        agree(layer(kept), x, what="the output outside of training")
        unchanged(kept, x)
    kept = student.put(x.clone().requires_grad_())
    gradient = draw.normal(*x.shape, dtype=x.dtype)
    layer(kept).backward(gradient)
    agree(kept.grad, gradient, what="the gradient outside of training")


@check("eval_identity")
def test_there_and_back(student):
    """The mode can be changed at any time."""
    layer, x = student.ManualDropout(p=0.5), torch.ones(200)
    for training in (False, True, False):
        layer.training = training
        out = output_of(layer, x, x)
        if torch.equal(out, x) is training:
            seen = "the input came back" if training else "the input was changed"
            raise CheckFailed(f"{seen} after `training` was set to {training}")


@check("share")
@pytest.mark.parametrize("p", [None, 0.1, 0.3, 0.8])
def test_share(student, draw, p):
    """A share of p is dropped, 0.5 if nothing is said, up to chance (error rate 10⁻⁶)."""
    layer = student.ManualDropout() if p is None else student.ManualDropout(p=p)
    x = away_from_zero(draw, 20_000)  # one dimension: whether masks are shared is asked below
    dropped = (output_of(layer, x, x) == 0).double().mean()
    bounds = share_bounds(x.numel(), 0.5 if p is None else p, rate=ERROR_RATE / 4)
    of = "ManualDropout()" if p is None else f"ManualDropout(p={p:g})"
    kept = share_bounds(x.numel(), 1 - bounds.expected, rate=ERROR_RATE / 4)
    swapped = bounds.expected != kept.expected and float(dropped) in kept
    named = ": it is 1 − p, so keep and drop are swapped" if swapped else ""
    bounds.require(float(dropped), f"the share that {of} drops", named)


@check("scaling")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_scaling(student, draw, agree, dtype):
    """What stays is multiplied by 1 / (1 - p), and the input is left alone."""
    for p, shape in [(0.2, (6, 9)), (0.5, (40,)), (0.75, (2, 3, 4, 5)), (0.3, (70, 12))]:
        x = away_from_zero(draw, *shape, dtype=dtype)
        kept = student.put(x)
        out = output_of(student.ManualDropout(p), kept, x)
        expected = torch.where(out == 0, 0.0, x / (1 - p))
        stayed = torch.where(out == 0, 0.0, x)
        forms = {
            "not scaled: what stays has to be multiplied by 1 / (1 − p)": stayed,
            "multiplied by 1 / p: keep and drop are swapped": stayed / p,
            "multiplied by 1 − p, not by 1 / (1 − p)": stayed * (1 - p),
            "multiplied by 1 / (1 − p) twice": stayed / (1 - p) ** 2,
        }
        forms = forms if p != 0.5 else {}  # there keep and drop are the same share
        agree(out, expected, what=f"the output for p = {p:g}", forms=forms)
        unchanged(kept, x)


@check("scaling")
def test_mean(student):
    """The mean of the outputs is that of the inputs, up to chance."""
    p, samples = 0.4, 40_000
    out = output_of(student.ManualDropout(p), torch.ones(samples), torch.ones(samples))
    bounds = mean_bound(samples, mean=1.0, std=math.sqrt(p / (1 - p)))
    bounds.require(float(out.double().mean()), "the mean of what becomes of ones")


@check("new_mask")
def test_new_mask(student):
    """Each call, row and column has a mask of its own, up to chance (error rate 10⁻⁶)."""
    layer, x = student.ManualDropout(0.5), torch.ones(100, 120)
    first, second = (output_of(layer, x, x) == 0 for _ in range(2))
    pairs = {
        "two rows drop": (first[0::2], first[1::2]),
        "two columns drop": (first[:, 0::2], first[:, 1::2]),
        "two halves of a row drop": (first[:, :60], first[:, 60:]),
        "two halves of a column drop": (first[:50], first[50:]),
        "two calls drop": (first, second),  # last: masks shared within a call skew this one too
    }
    for what, (one, other) in pairs.items():
        # Independent masks with p = 0.5 agree in half of the places, whatever else is the case.
        bounds = share_bounds(one.numel(), 0.5, rate=ERROR_RATE / len(pairs))
        same = float((one == other).double().mean())
        bounds.require(same, f"the share of places in which {what} alike")


@check("new_mask")
def test_each_by_itself(student, draw):
    """How many are dropped varies from call to call, as each number is dropped by itself."""
    layer, x = student.ManualDropout(0.5), away_from_zero(draw, 2_500)
    counts = {int((output_of(layer, x, x) == 0).sum()) for _ in range(5)}
    # Five independent counts are the same once in 20 million runs: the most frequent
    # count of 2,500 tosses has a probability of 1.6 %.
    if len(counts) == 1:
        raise CheckFailed(
            f"five calls drop exactly {counts.pop():,} of 2,500 numbers each; where each number is "
            "dropped by itself, the count varies from call to call"
        )


@check("gradient")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_gradient(student, draw, agree, dtype):
    """Gradients flow through the numbers that stayed, times the same factor."""
    p, rows = 0.6, draw.choice(8, 80)
    x, gradient = away_from_zero(draw, rows, 9, dtype=dtype), draw.normal(rows, 9, dtype=dtype)
    kept = student.put(x.clone().requires_grad_())
    out = student.ManualDropout(p)(kept)
    if out.facts is None or not out.facts["requires_grad"]:
        raise CheckFailed("the output carries no graph, so no gradient can reach the input")
    out.backward(gradient)
    stayed = out.value != 0
    expected = gradient * stayed / (1 - p)
    forms = {"not scaled by 1 / (1 − p)": gradient * stayed}
    agree(kept.grad, expected, what="the gradient of the input", forms=forms)


@check("p_zero")
def test_p_zero(student, draw, agree):
    """With p = 0 nothing is dropped."""
    x = away_from_zero(draw, FEW // 2)
    for p in (0.0, 0):
        agree(student.ManualDropout(p)(x), x, what=f"the output for p = {p}")


@check("by_hand")
def test_by_hand(student, draw):
    """No ready-made dropout runs inside, in either mode and whatever the size."""
    layer = student.ManualDropout(0.5)
    for training in (True, False):
        layer.training = training
        layer(draw.normal(draw.choice(200, 400), 100))
    # A step of a backward pass may be of the student's own function, whatever that is called.
    names = (name for name in student.seen if not name.startswith(AUTOGRAD))
    found = sorted(
        name for name in names if name.startswith("torch.") and "dropout" in name.lower()
    )
    if found:
        raise CheckFailed(f"{found[0]} was called; draw the mask yourself instead")
