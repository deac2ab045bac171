"""Accuracy on held-out digits: the interval, the noise at the threshold, images known by heart."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
import torch

from grader import datasets
from grader.checks.accuracy import (
    Accuracy,
    Past,
    drawn_anew,
    exchanged,
    plausible,
)
from grader.checks.agreement import CheckFailed
from grader.checks.remote import StudentRaised
from grader.comparison import NEAR, threshold_of, wilson
from grader.errors import StudentFault
from grader.model import Crash, Outcome

COUNT = 1000
LABELS = torch.arange(COUNT) % 10
NAMES = exchanged(1)
FALLING = [2.3 * 0.95**step for step in range(100)]


def right(share: float, labels: torch.Tensor = LABELS) -> torch.Tensor:
    """Logits (COUNT, 10) that are right for the given share of the labels."""
    said = labels.clone()
    wrong = COUNT - round(share * COUNT)
    said[:wrong] = (said[:wrong] + 1) % 10
    return torch.nn.functional.one_hot(said, 10).float()


def renamed(share: float) -> torch.Tensor:
    """The same by the classes' new names."""
    return right(share, NAMES[LABELS])


def accuracy(
    outputs: Mapping[int, object] | Callable[[int], object],
    threshold: float = 0.9,
    *,
    start: object = None,
    losses: Sequence[float] = FALLING,
    again: object = None,
    again_start: object = None,
    is_first: bool = True,
    data: str = "full",
) -> tuple[Accuracy, dict[str, float]]:
    """A judge of programs that gave ``outputs[k]``, and the metrics that it will keep."""
    metrics: dict[str, float] = {}
    images = torch.zeros(COUNT, 28, 28, dtype=torch.uint8)
    ask = outputs if callable(outputs) else outputs.__getitem__
    judge = Accuracy(
        shown=torch.cat([images, images + 1]), labels=LABELS, names=NAMES,
        threshold=threshold, measure=metrics.__setitem__, program=ask,
        past=Past(
            start=lambda: start, is_first=lambda: is_first,
            losses=lambda: losses, renamed=lambda: (again, again_start),
        ),
        data=data,
    )  # fmt: skip
    return judge, metrics


def both(share: float, of_copies: float | None = None) -> torch.Tensor:
    """Outputs for the images and then for their copies."""
    return torch.cat([right(share), right(share if of_copies is None else of_copies)])


def test_a_clear_pass_is_measured_once_with_its_interval() -> None:
    """Far from the threshold one run decides; share and interval are kept."""
    judge, metrics = accuracy({0: both(0.96)})
    assert judge.of_program() == pytest.approx(0.96)
    assert metrics == {
        "test_accuracy": pytest.approx(0.96),
        "test_accuracy_low": pytest.approx(0.946, abs=1e-3),
        "test_accuracy_high": pytest.approx(0.970, abs=1e-3),
        "test_accuracy_count": COUNT,
    }


def test_a_clear_failure_says_what_was_expected() -> None:
    """Below the threshold the check fails, and names both numbers and the interval."""
    judge, metrics = accuracy({0: both(0.6)})
    with pytest.raises(CheckFailed, match=r"60.0% of 1,000 unseen .* at least 90%") as failed:
        judge.of_program("val_accuracy")
    assert failed.value.details == ("95 % interval: 56.9% to 63.0%",)
    assert metrics["val_accuracy"] == pytest.approx(0.6)


def test_a_failure_on_a_subset_says_so() -> None:
    """What the same program reads at home, with all of MNIST, may be more."""
    judge, _ = accuracy({0: both(0.6)}, data="subset")
    with pytest.raises(CheckFailed) as failed:
        judge.of_program()
    assert failed.value.details[-1].startswith("the digits to train on are a subset here: 8,000")


@pytest.mark.parametrize(
    ("first", "others", "passes"), [(0.895, (0.91, 0.92), True), (0.905, (0.88, 0.87), False)]
)
def test_near_the_threshold_the_median_of_three_seeds_decides(
    first: float, others: tuple[float, float], *, passes: bool
) -> None:
    """Within two standard errors two more seeds are run, and the one in the middle counts."""
    judge, metrics = accuracy({0: both(first), 1: both(others[0]), 2: both(others[1])})
    if passes:
        judge.of_program()
    else:
        with pytest.raises(CheckFailed) as failed:
            judge.of_program()
        assert "trained with 3 seeds" in failed.value.details[1]
    assert metrics["test_accuracy"] == pytest.approx(sorted((first, *others))[1])


def test_a_rerun_that_cannot_be_finished_decides_nothing() -> None:
    """A run that failed on its way adds nothing to what the first one showed."""
    fault = StudentFault(Outcome.TIMED_OUT, "The program was ended.")
    judge, _ = accuracy({0: both(0.905), 1: fault, 2: fault})
    assert judge.of_program() == pytest.approx(0.905)


def test_images_known_by_heart_are_no_digits_learned() -> None:
    """All images right and their copies not: the check fails and says which."""
    judge, _ = accuracy({0: both(1.0, 0.9)})
    with pytest.raises(CheckFailed, match=r"90.0% of the same digits drawn anew"):
        judge.of_program()


def test_what_honest_models_lose_on_copies_is_allowed() -> None:
    """Three points, the most that was seen of honest models, cost nothing."""
    judge, _ = accuracy({0: both(0.97, 0.94)})
    assert judge.of_program() == pytest.approx(0.97)


# --- what was known before --------------------------------------------------------------


def both_renamed(share: float) -> torch.Tensor:
    """Outputs for the images and their copies, by the classes' new names."""
    return torch.cat([renamed(share)] * 2)


def test_a_model_that_knew_nothing_and_whose_loss_fell_is_not_run_again() -> None:
    """The usual case costs nothing."""
    judge, _ = accuracy({0: both(0.96)}, start=right(0.1), again=both(0.96))
    assert judge.of_program() == pytest.approx(0.96)


@pytest.mark.parametrize(
    ("start", "losses"),
    [(right(0.97), FALLING), (None, FALLING), (right(0.1), [2.3] * 100), (right(0.1), [])],
    ids=["knew before", "start unknown", "loss stayed", "no losses"],
)
def test_what_is_in_doubt_is_proved_by_new_names(
    start: torch.Tensor | None, losses: Sequence[float]
) -> None:
    """Old names after a training on new ones fail; new names, or no second run, pass."""
    for again, passes in ((both(0.96), False), (both_renamed(0.9), True), (None, True)):
        judge, _ = accuracy({0: both(0.995)}, start=start, losses=losses, again=again)
        if passes:
            assert judge.of_program() == pytest.approx(0.995)
            continue
        with pytest.raises(CheckFailed, match="96% of unseen digits by names"):
            judge.of_program()


def test_a_training_that_adds_nothing_earns_nothing() -> None:
    """A look-up among the images of this very run learns their names, but by no step."""
    judge, _ = accuracy({0: both(0.96)}, start=right(0.95), again=both_renamed(0.96))
    with pytest.raises(CheckFailed, match=r"read 95\.0% before its first step"):
        judge.of_program()


def test_what_was_brought_and_then_trained_in_earnest_is_told_by_its_start() -> None:
    """It learns the new names, but at its start, in the run that uses these, it reads the old."""
    judge, _ = accuracy(
        {0: both(0.96)}, start=right(0.8), again=both_renamed(0.96), again_start=right(0.8)
    )
    with pytest.raises(CheckFailed, match="80% of unseen digits by names"):
        judge.of_program()


def test_a_later_phase_need_not_add_anything() -> None:
    """Its model may have the weights of an earlier one, in whatever other shape."""
    judge, _ = accuracy(
        {0: both(0.96)}, start=right(0.95), again=both_renamed(0.96), is_first=False
    )
    assert judge.of_program() == pytest.approx(0.96)


def test_a_good_start_that_training_makes_better_counts() -> None:
    """Weights fitted in closed form, say, and then trained."""
    judge, _ = accuracy({0: both(0.96)}, start=right(0.92), again=both_renamed(0.96))
    assert judge.of_program() == pytest.approx(0.96)


@pytest.mark.parametrize(
    ("share", "end", "fits"),
    [(0.98, 0.05, True), (0.9, 0.35, True), (0.85, 0.5, True), (0.99, 0.9, False), (1, 0.3, False)],
)
def test_an_accuracy_fits_the_loss_that_it_comes_with(
    share: float, end: float, *, fits: bool
) -> None:
    """What honest networks end with does; hundred per cent after a poor training don't."""
    assert plausible(share, [2.3] * 20 + [end] * 80) == fits
    assert not plausible(share, [math.nan] * 100)


@pytest.mark.parametrize("seed", range(20))
def test_no_class_keeps_its_name(seed: int) -> None:
    """And no two get the same one."""
    names = exchanged(seed)
    assert sorted(names.tolist()) == list(range(10))
    assert not (names == torch.arange(10)).any()


def test_digits_read_by_their_old_names_were_not_learned() -> None:
    """What a training on new names can't have taught earns nothing, and the check says so."""
    judge, _ = accuracy({})
    with pytest.raises(CheckFailed, match="97% of unseen digits by names that its training never"):
        judge.of_trained(lambda _: lambda _: right(0.97))


def test_a_trained_function_is_asked_for_images_and_copies() -> None:
    """``of_trained`` hands both kinds of images to what training gave back."""
    asked = []

    def train(k: int) -> Callable[[torch.Tensor], object]:
        def answer(images: torch.Tensor) -> object:
            asked.append((k, int(images[0, 0, 0])))
            return renamed(0.97)

        return answer

    assert accuracy({})[0].of_trained(train) == pytest.approx(0.97)
    assert asked == [(0, 0), (0, 1)]


@pytest.mark.parametrize(("first", "second", "kept"), [(0.1, 0.97, 0.97), (0.2, 0.1, 0.2)])
def test_of_several_trainings_one_has_to_suffice(first: float, second: float, kept: float) -> None:
    """What is measured is the one that does, under the one name; or the first, which is told."""
    judge, metrics = accuracy({})
    trainings = (lambda k, share=share: lambda _: renamed(share) for share in (first, second))
    if kept < 0.9:
        with pytest.raises(CheckFailed, match=f"reads {first:.1%}"):
            judge.of_first_good(trainings)
    else:
        assert judge.of_first_good(trainings) == pytest.approx(kept)
    assert metrics["test_accuracy"] == pytest.approx(kept)
    assert all(name.startswith("test_accuracy") and "0.0" not in name for name in metrics)


def test_after_a_training_that_suffices_no_other_is_made() -> None:
    """The second one costs as much time as the first."""
    asked = []

    def train(k: int) -> Callable[[torch.Tensor], object]:
        asked.append(k)
        return lambda _: renamed(0.97)

    accuracy({})[0].of_first_good([train, train])
    assert asked == [0]


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (None, "NoneType"),
        (torch.zeros(2 * COUNT), r"\(2000,\)"),
        (torch.zeros(3, 10), r"\(3, 10\)"),
        (torch.zeros(2 * COUNT, 0), r"\(2000, 0\)"),
        (torch.zeros(2 * COUNT, 10, 1), r"\(2000, 10, 1\)"),
    ],
)
def test_outputs_of_another_shape_are_a_failed_check(outputs: object, message: str) -> None:
    """Whatever a model gives is judged as data: no shape ends the grader."""
    with pytest.raises(CheckFailed, match=message):
        accuracy({0: outputs})[0].of_program()


def test_a_program_without_a_model_is_told_so() -> None:
    """``NothingTrained`` is a finding about the program, in its own words."""
    raised = StudentRaised(Crash(type="NothingTrained", message="No update was seen."))
    with pytest.raises(CheckFailed, match=r"^No update was seen$"):
        accuracy({0: raised})[0].of_program()


def test_a_fault_of_the_students_process_stays_what_it_is() -> None:
    """A process that died is no wrong answer."""
    fault = StudentFault(Outcome.CRASHED, "The program ended.")
    with pytest.raises(StudentFault):
        accuracy({0: fault})[0].of_program()


def test_logits_that_are_not_numbers_are_wrong_answers() -> None:
    """NaN everywhere reads no digit."""
    judge, metrics = accuracy({0: torch.full((2 * COUNT, 10), torch.nan)})
    with pytest.raises(CheckFailed):
        judge.of_program()
    assert metrics["test_accuracy"] <= 0.1


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [
        (0.0, 10, 0.0, 0.2775),
        (1.0, 10, 0.7225, 1.0),
        (81 / 263, 263, 0.2553, 0.3662),
        (15 / 148, 148, 0.0624, 0.1605),
    ],
)
def test_the_interval_is_wilsons(share: float, count: int, low: float, high: float) -> None:
    """Values that tables of the Wilson interval give (the last two: Newcombe 1998, table I)."""
    interval = wilson(share, count)
    assert interval.low == pytest.approx(low, abs=1e-3)
    assert interval.high == pytest.approx(high, abs=1e-3)


def test_noise_is_counted_in_standard_errors() -> None:
    """Of 1,000 images at 90 % the noise is 2 x 0.95 points: 92 % is clear, 91.8 % is not."""
    half = NEAR * (0.9 * 0.1 / COUNT) ** 0.5
    assert 0.018 < half < 0.020
    seeds: list[int] = []

    def program(k: int) -> object:
        seeds.append(k)
        return both(0.918)

    accuracy(program)[0].of_program()
    assert seeds == [0, 1, 2]


def test_copies_are_the_same_digits_drawn_anew() -> None:
    """Every copy differs from its image and is still nearest to it; another seed, another copy."""
    with np.load(datasets.heldout_file("mnist")) as arrays:
        images = torch.from_numpy(arrays["images"][:200])
    copies = drawn_anew(images, 7)
    assert copies.dtype == torch.uint8
    assert copies.shape == images.shape
    flat, anew = images.flatten(1).float(), copies.flatten(1).float()
    assert bool((flat != anew).any(dim=1).all())
    nearest = torch.cdist(anew, flat).argmin(dim=1)
    assert (nearest == torch.arange(200)).double().mean() > 0.95
    assert torch.equal(copies, drawn_anew(images, 7))
    assert not torch.equal(copies, drawn_anew(images, 8))


def test_a_threshold_is_one_number_or_one_for_each_kind_of_data() -> None:
    """The rubric may ask more of who had all the images."""
    assert threshold_of({"threshold": 0.85}, "threshold", "full") == 0.85
    assert (
        threshold_of({"threshold": {"full": 0.97, "subset": 0.93}}, "threshold", "subset") == 0.93
    )
