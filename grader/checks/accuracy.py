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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch

from grader import comparison
from grader.checks.agreement import CheckFailed
from grader.checks.remote import StudentRaised
from grader.checks.thresholds import require
from grader.comparison import AT_LEAST
from grader.datasets.redrawn import Change, redrawn
from grader.errors import GraderFault, StudentFault
from grader.model import Compared

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
    the data it had. ``keep`` is told what was compared with the threshold, and ``used`` that the
    threshold decided something else besides.
    """

    def __init__(  # noqa: PLR0913 - what an accuracy hangs on
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
        keep: Callable[[Compared], object] = lambda _: None,
        used: Callable[[], object] = lambda: None,
    ) -> None:
        self._images, self._copies = shown[: len(labels)], shown[len(labels) :]
        self._labels = labels
        self.names = names
        self._threshold = threshold
        self._measure = measure
        self._program = program
        self._past = past
        self._data = data
        self._keep = keep
        self._used = used

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

        share = self._judge(shares, metric, self._is_plainly_learned)
        self._require_gained(share)
        return share

    def _is_plainly_learned(self, share: float) -> bool:
        """Whether such an accuracy needs no second look: its training may well have taught it."""
        start = self._known_at_start()
        return start is not None and start < STARTED and plausible(share, self._past.losses())

    def _require_gained(self, share: float) -> None:
        """Fail for what was known before; where that could be, the program is run once more.

        What is proved is proved by that other run, and by nothing that made it look worth while.
        """
        if self._is_plainly_learned(share):
            return
        self._used()
        start = self._known_at_start()
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

        return self._judge(shares, metric, lambda _: True)

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
        failed: CheckFailed | None = None
        first: _Measured | None = None
        waiting = list(trainings)
        while waiting:
            train = waiting.pop(0)
            measured = _Measured()
            try:
                share = self._measuring(measured).of_trained(train, metric)
            except CheckFailed as error:
                failed, first = failed or error, first or measured
                continue
            self._tell(measured, is_only=first is None, is_last=not waiting)
            return share
        if failed is None or first is None:
            raise ValueError("there is no training to measure")
        self._tell(first, is_only=False, is_last=True)
        raise failed

    def _measuring(self, measured: _Measured) -> Accuracy:
        other = copy.copy(self)
        other._measure = measured.metrics.__setitem__  # noqa: SLF001 - its own class
        other._keep = measured.compared.append  # noqa: SLF001
        return other

    def _tell(self, measured: _Measured, *, is_only: bool, is_last: bool) -> None:
        """Tell what the training that counts was measured by.

        Which one counts hangs on the threshold, where there was more than one.
        """
        for name, value in measured.metrics.items():
            self._measure(name, value)
        if not is_only:
            self._used()
        for each in measured.compared:
            self._keep(replace(each, settles_fail=is_last))

    def _share(self, outputs: torch.Tensor, names: torch.Tensor | None = None) -> float:
        labels = self._labels if names is None else names[self._labels]
        return float((outputs.argmax(1) == labels).double().mean())

    def _judge(
        self,
        shares: Callable[[int], tuple[float, float]],
        metric: str,
        is_settled: Callable[[float], bool],
    ) -> float:
        share, of_copies = shares(0)
        compared = self._compared(share, metric)
        if comparison.may_be_chance(compared):  # it must not decide: the median of three does
            again = (_if_it_ran(shares, k) for k in (1, 2))
            compared = replace(compared, again=tuple(each[0] for each in again if each))
        best = max([share, *(compared.again or ())])
        compared = replace(
            compared, settles_pass=of_copies >= best - MOST_LOST and is_settled(best)
        )
        share = comparison.value(compared)
        for name, value in comparison.metrics(compared).items():
            self._measure(name, value)
        require(compared, self._keep)
        if of_copies < share - MOST_LOST:
            raise CheckFailed(
                f"the trained model reads {share:.1%} of {len(self._labels):,} unseen digits "
                f"right, but {of_copies:.1%} of the same digits drawn anew, a little turned and "
                "bent: it knows these images, not digits"
            )
        return share

    def _compared(self, share: float, metric: str) -> Compared:
        return Compared(
            label="share of unseen digits read right",
            measured=share,
            relation=AT_LEAST,
            threshold=self._threshold,
            setting="threshold",
            said=(
                "the trained model reads {measured:.1%} of "
                f"{len(self._labels):,} unseen digits right, "
                "expected at least {threshold:.0%}"
            ),
            details=(
                "95 % interval: {low:.1%} to {high:.1%}",
                *([ON_A_SUBSET] if self._data == "subset" else []),
            ),
            count=len(self._labels),
            metric=metric,
        )


@dataclass(slots=True)
class _Measured:
    """What one of several trainings was measured by."""

    metrics: dict[str, float] = field(default_factory=dict)
    compared: list[Compared] = field(default_factory=list)


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
