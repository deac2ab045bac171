"""Diagnosis measured on composed programs: how many faults are found, and who is accused falsely.

    python benchmarks/diagnosis.py --correct 3000 --faulty 1500 [--held-out] [--rule NAME …]
                                   [--variants] [--from SEED] [--jobs N] [--keep DIR] [--seconds S]

Each program is composed from its seed, run in a fork of one warm process under the recorder, with
every replay that it asks for, and judged by all rules. The table counts, for each rule, the
programs with that fault: in how many anything was found, in how many the right rule, in how many
at a marked line or one beside it; and in how many correct programs, or beside another fault,
it accused falsely at the level of an error or a warning. The last lines compare the families of
style that are held out with the rest (``--held-out`` runs those alone).

``--keep`` writes the programs that came out wrong, and each result as a line of ``results.jsonl``:
a run with the same folder goes on where it stopped, and ``--seconds`` ends one in time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from composing.compose import Composed, correct, faulty, is_held_out
from composing.judging import Judged, expected_in, judged
from composing.variants import GOOD, VARIANTS, variant
from grader.rules import all_rules

SERIOUS = ("error", "warning")


@dataclass(frozen=True)
class Result:
    """What became of one program."""

    kind: str
    seed: int
    family: str
    rule: str
    disguise: str
    expected: list[tuple[str, int]]
    found: list[tuple[str, str, int]]
    problem: str

    @property
    def accused(self) -> set[str]:
        """The rules that accuse it, and shouldn't."""
        return {rule for rule, level, _ in self.found if level in SERIOUS and rule != self.rule}

    @property
    def is_found(self) -> bool:
        """Whether anything at all was found in it."""
        return bool(self.found)

    @property
    def is_named(self) -> bool:
        """Whether the right rule was among it."""
        return any(rule == self.rule for rule, _, _ in self.found)

    @property
    def is_placed(self) -> bool:
        """Whether that was at a marked line, or at one beside it."""
        lines = {line for rule, line in self.expected if rule == self.rule}
        at = [line for rule, _, line in self.found if rule == self.rule]
        return any(abs(line - marked) <= 1 for line in at for marked in lines)

    @property
    def is_wrong(self) -> bool:
        """Whether somebody should look at it."""
        return bool(self.accused) or (bool(self.rule) and not self.is_placed)


def main() -> None:
    """Run what was asked for, and print the tables."""
    options = _options()
    results = list(_kept(options.keep))
    done = {(one.kind, one.seed) for one in results}
    until = time.monotonic() + options.seconds
    for result, source in _results(_jobs(options, done), until, options.jobs):
        results.append(result)
        _keep(options.keep, result, source)
    if results:
        _print(results)
    if options.variants:
        _print_variants()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--correct", type=int, default=0)
    parser.add_argument("--faulty", type=int, default=0)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--rule", nargs="+", action="extend", default=[])
    parser.add_argument("--variants", action="store_true", help="43 variants of one good script")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    return parser.parse_args()


def _jobs(
    options: argparse.Namespace, done: set[tuple[str, int]]
) -> Iterator[tuple[str, int, Composed]]:
    for kind, count in (("correct", options.correct), ("faulty", options.faulty)):
        for seed in range(options.first, options.first + count):
            if (kind, seed) in done:
                continue
            one = correct(seed) if kind == "correct" else faulty(seed, tuple(options.rule))
            if one.is_held_out or not options.held_out:
                yield kind, seed, one


def _results(
    jobs: Iterator[tuple[str, int, Composed]], until: float, at_a_time: int
) -> Iterator[tuple[Result, str]]:
    """Each program runs in a fork, which a thread waits for; none is composed long before."""
    with ThreadPoolExecutor(at_a_time) as pool:
        while time.monotonic() < until and (some := list(itertools.islice(jobs, 4 * at_a_time))):
            yield from pool.map(_run, some)


def _run(job: tuple[str, int, Composed]) -> tuple[Result, str]:
    kind, seed, one = job
    came: Judged = judged(one.source)
    result = Result(
        kind, seed, one.family, one.rule, one.disguise, sorted(expected_in(one.source)),
        list(came.found), came.problem,
    )  # fmt: skip
    return result, one.source


def _kept(folder: Path | None) -> Iterator[Result]:
    if folder is not None and (folder / "results.jsonl").exists():
        for line in (folder / "results.jsonl").read_text("utf-8").splitlines():
            yield Result(**json.loads(line))


def _keep(folder: Path | None, result: Result, source: str) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result)) + os.linesep)
    if result.is_wrong or result.problem:
        told = (
            f"# {result.kind} {result.seed} {result.family} {result.disguise}: "
            f"found {result.found} {result.problem}\n"
        )
        (folder / f"{result.kind}_{result.seed:05}.py").write_text(source + told, "utf-8")


def _print(results: list[Result]) -> None:
    good = [one for one in results if one.kind == "correct"]
    bad = [one for one in results if one.kind == "faulty"]
    known = {rule.name for rule in all_rules()}
    accusing = Counter(rule for one in results for rule in one.accused)
    print(f"{'rule':34} {'programs':>8} {'found':>7} {'named':>7} {'placed':>7} {'false':>6}")
    for name in sorted({one.rule for one in bad} | set(accusing)):
        of = [one for one in bad if one.rule == name]
        there = "" if name in known else "   (no such rule yet)"
        print(f"{name:34} {len(of):8} {_rates(of)} {accusing[name]:6}{there}")
    print(f"{'all':34} {len(bad):8} {_rates(bad)} {sum(accusing.values()):6}")
    judged_by = [one for one in bad if one.rule in known]
    print(f"{'all whose rule is there':34} {len(judged_by):8} {_rates(judged_by)}")
    for word, chosen in (("held out", True), ("the rest", False)):
        part = [one for one in judged_by if is_held_out(one.family) is chosen]
        clean = [one for one in good if is_held_out(one.family) is chosen]
        wrong = sum(bool(one.accused) for one in clean)
        print(f"  {word:32} {len(part):8} {_rates(part)}   {wrong} of {len(clean)} correct accused")
    print(f"correct programs: {len(good)}, accused {sum(bool(one.accused) for one in good)}, "
          f"not followed {sum(bool(one.problem) for one in good)}")  # fmt: skip
    for one in results:
        if one.accused:
            print(f"  {one.kind} {one.seed} {one.family} {one.rule}: {sorted(one.accused)}")


def _print_variants() -> None:
    """One good script, and each of its variants: which rule was named, and at which line."""
    named = dict.fromkeys(("named", "placed", "else", "nothing"), 0)
    for name in ("", *VARIANTS):
        text, rule = (variant(name), VARIANTS[name][0]) if name else (GOOD, "")
        found = judged(text).found
        lines = {line for _, line in expected_in(text)}
        right = [line for one, _, line in found if one == rule]
        placed = any(abs(line - marked) <= 1 for line in right for marked in lines)
        word = "placed" if placed else "named" if right else "else" if found else "nothing"
        if name:
            named[word] += 1
        others = sorted({one for one, _, _ in found} - {rule})
        print(f"  {name or 'the good one':28} {rule:34} {word:8} {' '.join(others)}", flush=True)
    total = named["named"] + named["placed"]
    print(f"{len(VARIANTS)} variants: {total} named, {named['placed']} of them at their line")


def _rates(of: Iterable[Result]) -> str:
    all_of = list(of)
    if not all_of:
        return " ".join(["      –"] * 3)
    counts = (
        sum(one.is_found for one in all_of),
        sum(one.is_named for one in all_of),
        sum(one.is_placed for one in all_of),
    )
    return " ".join(f"{count / len(all_of):7.1%}" for count in counts)


if __name__ == "__main__":
    main()
