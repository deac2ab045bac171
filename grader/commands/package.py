"""``grade package ID… --platform NAME --output F``: an upload for a learning platform."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from grader import bank
from grader.bulk import course
from grader.commands import ExitCode, console
from grader.errors import UsageError
from grader.export.files import check_writable
from grader.model import Exercise
from grader.package import platforms
from grader.package.contents import Files, Order, as_tar, as_zip
from grader.package.platform import Platform
from grader.package.run import START_S


def run(arguments: argparse.Namespace) -> ExitCode:
    """Writes one package for each exercise; several go into the folder that --output names."""
    packager = platforms.find(arguments.platform)
    platform = packager.PLATFORM
    exercises = [bank.load(name) for name in arguments.ids]
    if arguments.course:
        exercises = [course.apply(arguments.course, exercise) for exercise in exercises]
    places = _places(exercises, arguments.output, platform)
    for exercise, place in zip(exercises, places, strict=True):
        _check(exercise, platform, arguments)
        order = Order(
            exercise=exercise,
            platform=arguments.platform,
            limit_s=_limit(exercise, platform, arguments.limit),
            image=arguments.image,
            wheels=arguments.wheels,
        )
        _write(place, packager.files(order), platform.suffix)
        console.put(f"{place}\n")
    for line in _advice(platform, arguments):
        console.say(line)
    return ExitCode.PASSED


def _places(exercises: list[Exercise], output: Path, platform: Platform) -> list[Path]:
    if len(exercises) == 1 and not output.is_dir():
        if output.suffix != platform.suffix:
            raise UsageError(
                f"{output} was named for the package; a name that ends in {platform.suffix} was "
                "expected, or a folder."
            )
        check_writable(output)
        return [output]
    output.mkdir(parents=True, exist_ok=True)
    return [output / f"{exercise.id}{platform.suffix}" for exercise in exercises]


def _check(exercise: Exercise, platform: Platform, arguments: argparse.Namespace) -> None:
    if not platform.gives.holds(exercise.isolation) and not arguments.accept_less:
        raise UsageError(
            f"{exercise.id} demands {exercise.isolation} isolation; a job on "
            f"{arguments.platform} can give {platform.gives} at the most. Ask for less in its "
            "exercise.yaml, or package it with --accept-less."
        )
    if arguments.wheels and not list(arguments.wheels.glob("*.whl")):
        raise UsageError(
            f"{arguments.wheels} has no wheels. Fill it first: python -m pip download "
            "--only-binary :all: -d FOLDER torch torchvision ..."
        )


def _limit(exercise: Exercise, platform: Platform, asked: int | None) -> int:
    """The platform's time limit: what was asked for, else what the exercise needs."""
    if asked is not None and asked > platform.most_s:
        raise UsageError(f"A job there may take {platform.most_s} s at the most, not {asked} s.")
    needed = int(exercise.limits.wall_s + START_S)
    if asked is None:
        return min(needed, platform.most_s)
    if asked < needed:
        console.say(
            f"{exercise.id} allows {exercise.limits.wall_s:g} s and a cold start takes up to "
            f"{START_S:g} s: within {asked} s a submission gets {max(asked - START_S, 10):g} s."
        )
    return asked


def _write(place: Path, files: Files, suffix: str) -> None:
    if suffix == ".zip":
        data = as_zip(files)
    elif suffix == ".tar":
        data = as_tar(files)
    else:
        (entry,) = files.values()
        data = entry.data
    temporary = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(place)
    except OSError as problem:
        temporary.unlink(missing_ok=True)
        raise UsageError(f"{place} can't be written ({problem.strerror}).") from None


def _advice(platform: Platform, arguments: argparse.Namespace) -> list[str]:
    told = []
    if platform.reader:
        told.append(f"who can read what is in it: {platform.reader}.")
    if not platform.format:
        return told
    if not arguments.image and arguments.wheels is None:
        told.append(
            "it needs an image that has the grader's packages; name yours with --image "
            "NAME@sha256:…, so that it is the same one in two years (docs/lms.md)."
        )
    elif arguments.image and "@sha256:" not in arguments.image:
        told.append(f"{arguments.image} may be another image tomorrow: name it by its digest.")
    return told
