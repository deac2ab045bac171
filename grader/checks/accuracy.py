"""Accuracy on digits whose labels no student's process has, and whether chance decides.

A share of n images is known to about ``sqrt(p (1 - p) / n)``. Where the measured share is
nearer to the threshold than twice that, the program is trained again with two other seeds and
the median of the three decides. And every image is shown a second time, drawn anew: who has
learned digits reads it as well, who knows the public test images by heart does not. What was
brought along and not learned is told by names: a training in which the classes have exchanged
theirs teaches the new ones, and nothing in it the old (docs/design/018-accuracy-that-is-fair.md
has the measurements).
"""

from __future__ import annotations

import copy
import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from grader.checks.agreement import CheckFailed
from grader.checks.remote import StudentRaised
from grader.datasets.redrawn import Change, redrawn
from grader.errors import GraderFault, StudentFault

Z = 1.96
"""Of a 95 % interval."""
NEAR = 2.0
"""Standard errors around the threshold within which chance could decide."""
COPIES = Change(turn=6.0, shear=0.06, scale=0.05, shift=0.3, bend=0.4, stroke=0.2)
ROWS_AND_CLASSES = 2
MOST_LOST = 0.06
"""Honest models lost at most 0.03 of their accuracy to being shown such copies."""

CLASSES = 10
BROUGHT = 0.5
"""Of the digits, read by their old names after a training on new ones. Who learned in it reads a
few by chance: those whose new name is that of the digit they are taken for."""

STARTED = 0.3
"""A model that reads less before its first update hasn't been taught yet: chance gives 0.1, and a
random network seldom more than 0.2."""
GAINED = 0.02
ON_A_SUBSET = (
    "the digits to train on are a subset here: 8,000 that people wrote, and others drawn anew from "
    "these; where the whole of MNIST is, the same program may do a little better"
)
FEW, FEWEST_LOSSES = 5, 10

Answer = Callable[[torch.Tensor], object]
"""Images (n, 28, 28) uint8 -> logits (n, classes), or the exception that came instead."""


class Interval(NamedTuple):
    """A share of ``count`` with its 95 % interval (Wilson 1927)."""

    share: float
    low: float
    high: float


def wilson(share: float, count: int) -> Interval:
    """The interval of a share that was measured on ``count`` independent images."""
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * math.sqrt(share * (1 - share) / count + (Z / (2 * count)) ** 2) / (1 + Z * Z / count)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def drawn_anew(images: torch.Tensor, seed: int) -> torch.Tensor:
    """Each image (N, 28, 28), uint8, a little turned, sheared, shifted, bent, in another stroke.

    The seed is the run's, so that nobody can prepare for it.
    """
    return torch.from_numpy(redrawn(images.numpy(), seed, COPIES))


def exchanged(seed: int) -> torch.Tensor:
    """A new name for each class, int64 (10,): that of another one."""
    order = torch.randperm(CLASSES, generator=torch.Generator().manual_seed(seed))
    names = torch.empty(CLASSES, dtype=torch.int64)
    names[order] = order.roll(1)
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What tells what a program knew before it trained, each asked for when it is wanted.

    ``start`` is what its model gave for the images before its first update, None if that isn't
    known, and ``is_first`` whether nothing else had been trained by then, whose weights it might
    have; ``losses`` are those of its steps. ``renamed`` runs it once more, with the classes' new
    names in all labels, and gives what its model gave then for images and copies, and at its start
    for the images.
    """

    start: Callable[[], object]
    is_first: Callable[[], bool]
    losses: Callable[[], Sequence[float]]
    renamed: Callable[[], tuple[object, object]]


def plausible(share: float, losses: Sequence[float]) -> bool:
    """Whether a training whose loss fell as these did may well end with such an accuracy.

    A loss in nats is about three times the share of wrong answers, and begins at 2.3; larger ones
    (smoothed labels, much dropout) only cost a second look.
    """
    if len(losses) < FEWEST_LOSSES or not all(map(math.isfinite, losses)):
        return False
    start = statistics.median(losses[:FEW])
    end = statistics.median(losses[-max(1, len(losses) // 5) :])
    return start > 0 and end < (0.1 + 4 * (1 - share)) * start


class Accuracy:
    """The fixture ``accuracy``: measures, and fails the check below its threshold.

    ``shown`` are the held-out digits, and then the same ones drawn anew; ``program(k)``
    is what the submission's trained model gave for both, one after the other, when it was run
    with the run's seed + k. ``names`` are the classes' new names, for trainings that the check
    gives its data to; ``past`` tells what a program knew before it trained, ``data`` which form of
    the data it had.
    """

    def __init__(
        self,
        *,
        shown: torch.Tensor,
        labels: torch.Tensor,
        names: torch.Tensor,
        threshold: float,
        measure: Callable[[str, float], None],
        program: Callable[[int], object],
        past: Past,
        data: str,
    ) -> None:
        self._images, self._copies = shown[: len(labels)], shown[len(labels) :]
        self._labels = labels
        self.names = names
        self._threshold = threshold
        self._measure = measure
        self._program = program
        self._past = past
        self._data = data

    def of_program(self, metric: str = "test_accuracy") -> float:
        """The accuracy of the model that the submission, run as a program, has trained.

        Raises:
            CheckFailed: it is below the threshold, or rests on images known by heart, or on what
                the program knew before it trained.
        """

        def shares(k: int) -> tuple[float, float]:
            outputs = _logits(self._program(k), 2 * len(self._labels))
            return self._share(outputs[: len(self._labels)]), self._share(
                outputs[len(self._labels) :]
            )

        share = self._judge(shares, metric)
        self._require_gained(share)
        return share

    def _require_gained(self, share: float) -> None:
        """Fail for what was known before; where that could be, the program is run once more.

        What is proved is proved by that other run, and by nothing that made it look worth while.
        """
        start = self._known_at_start()
        if start is not None and start < STARTED and plausible(share, self._past.losses()):
            return
        for outputs in self._run_renamed():
            self._require_learned(outputs[: len(self._labels)])
        if start is None or not self._past.is_first():
            return
        if start >= self._threshold and share - start < GAINED:
            raise CheckFailed(
                f"the model reads {share:.1%} of unseen digits, and read {start:.1%} before its "
                "first step: the training added nothing to it"
            )

    def _run_renamed(self) -> Iterator[torch.Tensor]:
        """What the model gives in a run with new names, and what it gave at its start there."""
        try:
            outputs, start = self._past.renamed()
        except (CheckFailed, StudentFault, StudentRaised, GraderFault):
            return  # what can't be run again stays as it was measured
        for given, count in ((outputs, 2 * len(self._labels)), (start, len(self._labels))):
            if (known := _if_logits(given, count)) is not None:
                yield known

    def _known_at_start(self) -> float | None:
        outputs = _if_logits(self._past.start(), len(self._labels))
        return None if outputs is None else self._share(outputs)

    def of_trained(self, train: Callable[[int], Answer], metric: str = "test_accuracy") -> float:
        """The accuracy of what ``train(k)`` gives back, with the run's seed + k.

        The labels that it trains on must be called by their new :attr:`names`.

        Raises:
            CheckFailed: it is below the threshold, or rests on images known by heart, or on what
                this training can't have taught.
        """

        def shares(k: int) -> tuple[float, float]:
            answer = train(k)
            outputs = _logits(answer(self._images), len(self._labels))
            self._require_learned(outputs)
            copies = _logits(answer(self._copies), len(self._labels))
            return self._share(outputs, self.names), self._share(copies, self.names)

        return self._judge(shares, metric)

    def _require_learned(self, outputs: torch.Tensor) -> None:
        """Fail for a model that reads digits by names that its training never used."""
        brought, learned = self._share(outputs), self._share(outputs, self.names)
        if brought > max(BROUGHT, learned):
            raise CheckFailed(
                f"the model reads {brought:.0%} of unseen digits by names that its training never "
                "used: what it knows, it knew before",
                details=[
                    "for this training the ten classes had exchanged their names in all labels",
                    f"by their new names it reads {learned:.1%}",
                ],
            )

    def of_first_good(
        self, trainings: Iterable[Callable[[int], Answer]], metric: str = "test_accuracy"
    ) -> float:
        """The accuracy of the first training that suffices; measured is that one, or the first.

        Raises:
            CheckFailed: none does; what is wrong with the first.
        """
        failed: tuple[CheckFailed, dict[str, float]] | None = None
        for train in trainings:
            measured: dict[str, float] = {}
            try:
                share = self._measuring(measured.__setitem__).of_trained(train, metric)
            except CheckFailed as error:
                failed = failed or (error, measured)
                continue
            self._keep(measured)
            return share
        if failed is None:
            raise ValueError("there is no training to measure")
        self._keep(failed[1])
        raise failed[0]

    def _measuring(self, measure: Callable[[str, float], None]) -> Accuracy:
        other = copy.copy(self)
        other._measure = measure  # noqa: SLF001 - its own class
        return other

    def _keep(self, measured: Mapping[str, float]) -> None:
        for name, value in measured.items():
            self._measure(name, value)

    def _share(self, outputs: torch.Tensor, names: torch.Tensor | None = None) -> float:
        labels = self._labels if names is None else names[self._labels]
        return float((outputs.argmax(1) == labels).double().mean())

    def _judge(self, shares: Callable[[int], tuple[float, float]], metric: str) -> float:
        share, of_copies = shares(0)
        details = []
        if self._is_near(share):  # chance must not decide: the median of three does
            others = [again[0] for k in (1, 2) if (again := _if_it_ran(shares, k)) is not None]
            if others:
                shown = ", ".join(f"{one:.1%}" for one in (share, *others))
                details.append(f"trained with {1 + len(others)} seeds: {shown}; the median counts")
            share = statistics.median([share, *others])
        count = len(self._labels)
        interval = wilson(share, count)
        self._measure(metric, share)
        self._measure(f"{metric}_low", interval.low)
        self._measure(f"{metric}_high", interval.high)
        self._measure(f"{metric}_count", count)
        if share < self._threshold:
            raise CheckFailed(
                f"the trained model reads {share:.1%} of {count:,} unseen digits right, "
                f"expected at least {self._threshold:.0%}",
                details=[
                    f"95 % interval: {interval.low:.1%} to {interval.high:.1%}",
                    *details,
                    *([ON_A_SUBSET] if self._data == "subset" else []),
                ],
            )
        if of_copies < share - MOST_LOST:
            raise CheckFailed(
                f"the trained model reads {share:.1%} of {count:,} unseen digits right, but "
                f"{of_copies:.1%} of the same digits drawn anew, a little turned and bent: it "
                "knows these images, not digits"
            )
        return share

    def _is_near(self, share: float) -> bool:
        noise = math.sqrt(self._threshold * (1 - self._threshold) / len(self._labels))
        return abs(share - self._threshold) < NEAR * noise


def threshold_for(settings: Mapping[str, Any], kind: str) -> float:
    """A rubric line's ``threshold``: one number, or one for each kind of data."""
    threshold = settings["threshold"]
    return float(threshold[kind] if isinstance(threshold, Mapping) else threshold)


def _if_it_ran(shares: Callable[[int], tuple[float, float]], k: int) -> tuple[float, float] | None:
    """Another seed's shares; None if that run could not be finished, which decides nothing."""
    try:
        return shares(k)
    except (CheckFailed, StudentFault, StudentRaised):
        return None


def _if_logits(outputs: object, count: int) -> torch.Tensor | None:
    """What a model gave, or None if that is nothing which says anything."""
    try:
        return _logits(outputs, count)
    except (CheckFailed, StudentFault, StudentRaised, GraderFault):
        return None


def _logits(outputs: object, count: int) -> torch.Tensor:
    """What a model gave, as (count, classes).

    Raises:
        CheckFailed: nothing was trained, or the outputs have another shape.
        StudentFault, StudentRaised: what came instead of outputs.
    """
    if isinstance(outputs, StudentRaised) and outputs.crash.type == "NothingTrained":
        raise CheckFailed(outputs.crash.message.removesuffix("."))
    if isinstance(outputs, Exception):
        raise outputs
    if not isinstance(outputs, torch.Tensor):
        raise CheckFailed(f"the model's output is a {type(outputs).__name__}, expected a tensor")
    if outputs.dim() != ROWS_AND_CLASSES or len(outputs) != count or not outputs.shape[1]:
        raise CheckFailed(f"the model's outputs are {tuple(outputs.shape)}, expected ({count}, 10)")
    return outputs
