"""An observation as a file: strict JSON under zlib, which every other program can read too."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.observation.record import SCHEMA, Observation
from grader.plain import Malformed, json_schema, read, to_plain

SCHEMA_FILE = Path(__file__).with_name("observation.schema.json")

MOST_BYTES = 64 << 20
"""Of a file; the largest that was seen has 0.4 MiB, without the pictures of a notebook."""
MOST_UNPACKED = 256 << 20
_LEVEL = 6


class BadObservation(UsageError):
    """The file is no observation that this grader can read. Exit code 2."""


def encode(observation: Observation) -> bytes:
    """The bytes that `decode` reads."""
    text = json.dumps(
        to_plain(observation), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return zlib.compress(text.encode(), _LEVEL)


def decode(data: bytes, name: str, *, with_rows: bool = True) -> Observation:
    """The observation in these bytes; ``name`` is what errors call them.

    ``with_rows=False`` leaves out what only other rules, or a check that is run, would look at: the
    larger part of a training.

    Raises:
        BadObservation: it is none, of another schema, damaged, or beyond the bounds.
    """
    plain = _plain(data, name)
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if schema != SCHEMA:
        found = f"its schema is {schema!r:.60}" if schema else "it names no schema"
        raise BadObservation(
            f"{name} is no observation that this grader can read: expected {SCHEMA}, and {found}. "
            "Grade the submission again with --keep."
        )
    if not with_rows:
        plain = {**plain, "kept": {}}
    try:
        return read(Observation, plain)
    except Malformed as problem:
        raise BadObservation(
            f"{name} is no whole observation ({problem}). Grade the submission again with --keep."
        ) from None


def load(path: Path) -> Observation:
    """The observation in a file.

    Raises:
        BadObservation: there is no such file, or it can't be read.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadObservation(
                f"{path} has more than {MOST_BYTES >> 20} MiB, which no observation has."
            )
        data = path.read_bytes()
    except OSError as problem:
        raise BadObservation(
            f"{path} can't be read ({problem.strerror}). Expected a file that --keep has written."
        ) from None
    return decode(data, str(path))


def schema() -> dict[str, Any]:
    """The JSON Schema of the text in the file, once it is unpacked."""
    made = json_schema(Observation, SCHEMA)
    made["$defs"]["Observation"]["properties"]["schema"] = {"const": SCHEMA}
    return made


def _plain(data: bytes, name: str) -> Any:
    problem = "it is not what --keep writes"
    try:
        unpack = zlib.decompressobj()
        text = unpack.decompress(data, MOST_UNPACKED)
        if unpack.eof and not unpack.unused_data:
            return json.loads(text, parse_constant=_refused)
        problem = "it is cut off, or larger than any" if not unpack.eof else "something follows it"
    except (zlib.error, ValueError, RecursionError):
        pass
    raise BadObservation(
        f"{name} is no observation ({problem}). Expected a file that `grade … --keep FILE` has "
        "written."
    )


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no JSON")
