"""The answers to the questions about the five lessons, each with the reason for the right one.

A check has the name of its question, and its docstring is the reason: it is shown as what
holds when the answer is right, and as why it isn't when it is wrong. Answers are data of any
kind: a number may come as text, a letter with a bracket, a list as one word.
"""

from __future__ import annotations

import contextlib
import math
import re

import numpy as np
import pytest
import torch

from grader.checks import CheckFailed, check
from grader.checks.marks import MARK
from grader.checks.remote import Remote, StudentRaised

KINDS = {
    dict: "a table", list: "a list", tuple: "a list", str: "a text", int: "a number",
    float: "a number", np.ndarray: "an array", torch.Tensor: "a tensor",
}  # fmt: skip
NUMBER = re.compile(r"[~≈=\s]*+([-+]?[\d.,_]+(?:e[-+]?\d+)?)\s*+(%|percent)?[a-z ]*", re.IGNORECASE)
TABLES = {"dict", "OrderedDict", "defaultdict"}
EXACT = {"Decimal", "Fraction"}
FRACTION = re.compile(r"([-+]?\d{1,9}(?:\.\d{1,9})?)\s*/\s*(\d{1,9}(?:\.\d{1,9})?)")
THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
CHOICE = re.compile(r"\(?([a-e])(?:[).:].*)?", re.IGNORECASE | re.DOTALL)
MOST_LETTERS = 10
LONGEST = 1000
MARKED = re.compile(r"\b[a-e]\)", re.IGNORECASE)


@pytest.fixture(scope="module")
def answers(student, reference):
    """The table that was handed in, its keys as text in lower case."""
    table = whole(student.answers, reference.answers)
    if isinstance(table, dict) and len(table) == 1 and isinstance(table.get("answers"), dict):
        table = table["answers"]
    if not isinstance(table, dict):
        raise CheckFailed(
            f"the answers are {kind(table)}, expected a table: one line `name: answer` for each"
        )
    return {str(key).strip().lower()[:80]: value for key, value in table.items()}


def whole(handle, questions):
    """The table; where something in it can't come over, the answers one by one."""
    try:
        return handle.value
    except StudentRaised:
        if handle.type_name not in TABLES:
            raise
    answers = {}
    for name in questions:
        with contextlib.suppress(StudentRaised):
            answers[name] = handle[name]  # a handle, where its value can't be copied
            answers[name] = answers[name].value
    return answers


@pytest.fixture
def answer(answers, reference, request, settings, thresholds):
    """The answer to the question that the running check is named after."""
    name = request.node.get_closest_marker(MARK).args[0]
    reason = " ".join(request.function.__doc__.split())
    if is_missing(answers.get(name)):
        raise CheckFailed("this question is not answered", details=strangers(answers, reference))
    if isinstance(answers[name], (str, list, tuple)) and len(answers[name]) > LONGEST:
        raise CheckFailed(
            f"the answer has {len(answers[name]):,} characters or parts; a few are enough"
        )
    return Answer(answers[name], reference.answers[name], reason, settings, thresholds)


def is_missing(value):
    """Whether nothing was answered: no value, or an empty text or list."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, (list, tuple)) and not value)


def strangers(answers, reference):
    """A line about keys that are no questions: one of them may be a misspelling."""
    unknown = [repr(key) for key in answers if key not in reference.answers]
    return [f"keys of your table that are no question: {', '.join(unknown[:5])}"] if unknown else []


NOT_RIGHT = "{} is not right"


class Answer:
    """One answer beside the right one."""

    def __init__(self, given, right, reason, settings, thresholds):
        self.given, self.right, self.reason = given, right, reason
        self.settings, self.thresholds = settings, thresholds

    def wrong(self, shown):
        """Say that an answer is wrong, and the reason."""
        raise CheckFailed(NOT_RIGHT.format(shown), details=[self.reason])

    def other_kind(self, expected):
        """Say that this is no answer of the kind that was asked for."""
        got = repr(self.given)[:60] if isinstance(self.given, str) else kind(self.given)
        raise CheckFailed(f"expected {expected}, got {got}")

    def is_number(self, *, in_percent=False):
        """The right number within the tolerance of the rubric's line."""
        numbers = as_numbers(self.given, self.right, in_percent=in_percent)
        if not numbers:
            self.other_kind("a number")
        off = max(min(abs(number - self.right) for number in numbers) - 1e-9, 0.0)
        shown = f"{numbers[0]:.10g}"
        if "tolerance" in list(self.settings):
            said = NOT_RIGHT.format(shown)
            self.thresholds.at_most(
                "tolerance", off, said, details=(self.reason,), settles_pass=True
            )
        elif off > self.settings.get("tolerance", 0):
            self.wrong(shown)

    def is_letter(self):
        """The right letter."""
        letters = as_letters(self.given)
        if letters is None or len(letters) != 1:
            self.other_kind("one letter")
        if letters[0] != self.right:
            self.wrong(letters[0])

    def is_letters(self):
        """All the right letters and no other, in any order."""
        letters = as_letters(members(self.given))
        if letters is None:
            self.other_kind("letters in brackets")
        if set(letters) != set(self.right):
            self.wrong(", ".join(letters))

    def is_order(self, is_right):
        """Each letter of the right answer once, in an order that ``is_right`` accepts."""
        letters = as_letters(self.given)
        if letters is None or sorted(letters) != sorted(self.right):
            self.other_kind(f"each of the letters {', '.join(sorted(self.right))} once")
        if not is_right(letters):
            self.wrong(", ".join(letters))


# --- what was written ---------------------------------------------------------------------


def kind(value):
    """What a value is, for a reader."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "nothing"
    name = value.type_name if isinstance(value, Remote) else type(value).__name__
    return KINDS.get(type(value), f"a value of the type {name}")


def members(given):
    """What is in a set, which stays on the other side; anything else as it is."""
    if not isinstance(given, Remote) or given.type_name not in {"set", "frozenset"}:
        return given
    following = given.get("__iter__")().get("__next__")
    size = given.get("__len__")().value
    return [following().value for _ in range(min(size, MOST_LETTERS))]


def as_numbers(given, right, *, in_percent):
    """The numbers that an answer can mean; none if it is no number."""
    if isinstance(given, Remote) and given.type_name in EXACT:
        given = given.get("__float__")().value
    if isinstance(given, (np.ndarray, torch.Tensor)) and given.ndim == 0:
        given = given.item()
    if isinstance(given, str):
        numbers = written_numbers(given, in_percent=in_percent)
    elif isinstance(given, (int, float)) and not isinstance(given, bool):
        numbers = [given]
    else:
        return []
    numbers = [limited(number) for number in numbers]
    # A share of 1 for a percentage, never the other way round.
    return [100 * n if in_percent and 0 < n <= 1 < right else n for n in numbers]


def limited(number):
    """A number as a float, whatever its size."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def written_numbers(text, *, in_percent):
    """The numbers that a text can mean: a comma is one of thousands or a decimal one."""
    text = text.strip().replace("−", "-")
    if fraction := FRACTION.fullmatch(text):
        return [float(fraction[1]) / float(fraction[2])] if float(fraction[2]) else []
    found = NUMBER.fullmatch(text)
    if not found or (found[2] and not in_percent):
        return []
    digits = found[1].replace("_", "")
    readings = [digits.replace(",", "")] if THOUSANDS.fullmatch(digits) else []
    readings += [digits.replace(",", ".")] if digits.count(",") <= 1 else []
    numbers = []
    for reading in readings:
        try:
            numbers.append(float(reading))
        except ValueError:
            continue
    return numbers


def as_letters(given):
    """The letters of an answer in their order, or None if it is none of letters."""
    if isinstance(given, str):
        given = parts_of(given.strip().strip("[]"))
    if not isinstance(given, (list, tuple)):
        return None
    found = [CHOICE.fullmatch(part.strip()) for part in given if isinstance(part, str)]
    if len(found) != len(given) or not all(found):
        return None
    return [choice[1].lower() for choice in found]


def parts_of(text):
    """The parts of a text that names letters: "b) what it says", "a, c", "a c", "ac"."""
    if len(MARKED.findall(text)) <= 1 and CHOICE.fullmatch(text):
        return [text]
    if set(text.lower()) <= set("abcde"):
        return list(text)
    return [part for part in re.split(r"[\s,;+&/>→-]+|\band\b", text) if part]


# --- lesson 1.3 ---------------------------------------------------------------------------


@check("linear_stack")
def test_linear_stack(answer):
    """W₃(W₂(W₁x)) is (W₃W₂W₁)x: one matrix, so linear layers in a row are one linear layer.

    It takes something that is not linear between them to bend a line.
    """
    answer.is_letter()


@check("kaiming_std")
def test_kaiming_std(answer):
    """Kaiming's standard deviation is the root of 2 divided by the number of inputs.

    Each output is a sum over the inputs, so its variance grows with their number; the 2 makes up
    for ReLU, which sets half of the values to zero.
    """
    answer.is_number()


@check("untrained_loss")
def test_untrained_loss(answer):
    """The cross-entropy is minus the logarithm of the right class's probability, here of 1/10.

    It is where every training on ten classes should start: a first loss far above it says that
    the initialization is off.
    """
    answer.is_number()


@check("not_a_leaf")
def test_not_a_leaf(answer):
    """The product is a new tensor, no leaf, and only leaves keep a gradient.

    The tensor that asks for gradients is the one that `randn` made, and nobody holds it any more.
    A parameter is made without gradients first and asks for them after it is scaled.
    """
    answer.is_letter()


@check("dropout_value")
def test_dropout_value(answer):
    """Inverted dropout divides what it keeps by the share that it keeps, 1 − p.

    So the mean stays what it was, and evaluation needs no correction.
    """
    answer.is_number()


@check("overfitting")
def test_overfitting(answer):
    """The network still improves on what it has seen and gets worse on what it hasn't.

    It learns the training images by heart from there on; an underfitted network is bad on both.
    """
    answer.is_letter()


@check("stop_epoch")
def test_stop_epoch(answer):
    """The best loss is that of epoch 2, and the three epochs after it bring no better one.

    0.45, 0.44 and 0.43 fall, but none of them is below 0.42. Patience counts epochs without a new
    best; what the sixth epoch would have brought nobody sees.
    """
    answer.is_number()


@check("validation_mode")
def test_validation_mode(answer):
    """Without dropout and batch norm the mode changes no number, but recording a graph costs.

    Gradients that are switched on keep every intermediate result in memory, and weights change in
    an optimizer's step alone. With dropout or batch norm the loss and the accuracy would be wrong.
    """
    answer.is_letters()


# --- lesson 001 ---------------------------------------------------------------------------


@check("or_gate")
def test_or_gate(answer):
    """0 + b must not be above 0, and 1 + b must be.

    One such bias after the other: put in (0, 0), where the sum is b, and (0, 1), where it is 1 + b.
    """
    answer.is_letters()


@check("xor_by_a_line")
def test_xor_by_a_line(answer):
    """One line can cut off one corner, and the other three are on its right side then, but not all.

    The ones of XOR lie across from each other, and so do the zeros: no line has both ones on one
    side and both zeros on the other, but it can have all of them right except one.
    """
    answer.is_number()


@check("loop_order")
def test_loop_order(answer):
    """Outputs, loss, backward, step: and gradients are emptied anywhere but before the last.

    Emptied between backward and step they are gone before they are used; not emptied they add up.
    """

    def works(order):
        a, b, c, d, e = (order.index(letter) for letter in "abcde")
        return b < e < a < c and not a < d < c

    answer.is_order(works)


@check("clipping")
def test_clipping(answer):
    """Gradients exist after `backward()` and are used by `step()`: clipping stands between the two.

    Earlier there is nothing to clip, or what is there is left over; later it is too late.
    """
    answer.is_letter()


@check("forget_bias")
def test_forget_bias(answer):
    """An LSTM's gate adds both of its biases, so what is filled in twice counts twice."""
    answer.is_number()


@check("weight_decay")
def test_weight_decay(answer):
    """The derivative of λ w² is 2λ w; SGD's weight decay adds weight_decay · w to the gradient."""
    answer.is_number()


@check("batchnorm_eval")
def test_batchnorm_eval(answer):
    """In evaluation mode batch norm uses the running mean and variance that it kept in training.

    So the output for one image doesn't depend on which others are in its batch.
    """
    answer.is_letter()


# --- lesson 002 ---------------------------------------------------------------------------


@check("four_more_neurons")
def test_four_more_neurons(answer):
    """A layer from a to b has a·b weights and b biases; the output now has 4 inputs, not 8.

    The layers are 2-16, 16-8, 8-4 and 4-1. The old output layer of 8 inputs is gone.
    """
    answer.is_number()


@check("confident_and_wrong")
def test_confident_and_wrong(answer):
    """For the label 1 the loss is −ln ŷ, which grows without bound as ŷ approaches 0."""
    answer.is_number()


@check("xor_forward")
def test_xor_forward(answer):
    """For (0, 1) the hidden sums are 2.5 and −2.5; their sigmoids are not yet 1 and 0.

    They are 0.924 and 0.076: the output's sum is ten times their difference, minus 5.
    """
    answer.is_number()


@check("steps_per_epoch")
def test_steps_per_epoch(answer):
    """Every batch is a step, the short one at the end too: round up."""
    answer.is_number()


# --- lesson 003 ---------------------------------------------------------------------------


@check("practice_network")
def test_practice_network(answer):
    """Each layer has inputs times outputs weights and a bias per output; there are four layers."""
    answer.is_number()


@check("sigmoid_slope")
def test_sigmoid_slope(answer):
    """The slope is s(1 − s), where s is the sigmoid's value, and largest where both are equal.

    That is why gradients vanish in deep networks of sigmoids: each layer shrinks them at least to
    this fraction.
    """
    answer.is_number()


@check("first_adam_step")
def test_first_adam_step(answer):
    """Adam's first step is the learning rate itself, whatever the size of the gradient.

    Both averages are corrected for having started at zero, so they are g and g² then; g divided
    by the root of g² is a sign.
    """
    answer.is_number()


@check("one_step")
def test_one_step(answer):
    """The slope at the output's sum is ŷ − y; w₂ and x carry it to w₁; the step goes against it.

    ŷ is 0.52, so the slope is negative and w₁ grows.
    """
    answer.is_number()


@check("loss_grows")
def test_loss_grows(answer):
    """Steps that are too large jump over the valley and land higher up on its other side.

    Too few neurons or too little data show in a loss that stays high, or in the validation; they
    don't make the training loss grow.
    """
    answer.is_letter()


# --- lesson 004 ---------------------------------------------------------------------------


@check("notebook_network")
def test_notebook_network(answer):
    """Each layer has inputs times outputs weights and a bias per output; there are three layers."""
    answer.is_number()


@check("black_pixel")
def test_black_pixel(answer):
    """Subtract the mean, then divide by the standard deviation: black is below the mean."""
    answer.is_number()


@check("softmax_twice")
def test_softmax_twice(answer):
    """CrossEntropyLoss takes logits and applies softmax itself, here to one 1 and nine 0s.

    e is no match for nine times e⁰: the second softmax gives the right class no more than 0.23,
    and the loss can't fall below this value however sure the network is.
    """
    answer.is_number()


@check("logit_gradient")
def test_logit_gradient(answer):
    """For softmax and cross-entropy together it is the probability minus 1 at the right class.

    Minus 0 at the others. It is negative, so that a step against it raises the logit.
    """
    answer.is_number()


@check("matrix_accuracy")
def test_matrix_accuracy(answer):
    """What is right stands on the diagonal; divide its sum by the sum of all numbers."""
    answer.is_number(in_percent=True)
