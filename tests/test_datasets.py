"""The shipped subset of MNIST is what its README says."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest

ROOT = Path(__file__).parent.parent
MNIST = ROOT / "datasets" / "mnist"
FILES = ("public.npz", "heldout.npz")
PARTS = {"train": 8000, "val": 1000, "heldout": 2000}
ORIGINALS = "GRADE_MNIST_ORIGINALS"


@cache
def script() -> ModuleType:
    """The module that makes the subset, loaded from scripts/."""
    path = ROOT / "scripts" / "make_mnist_subset.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def arrays(file: str) -> dict[str, npt.NDArray[np.uint8]]:
    """All arrays of one file."""
    with np.load(MNIST / file, allow_pickle=False) as archive:
        return dict(archive)


def part(name: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Images and labels of one of the three parts."""
    if name == "heldout":
        return arrays("heldout.npz")["images"], arrays("heldout.npz")["labels"]
    public = arrays("public.npz")
    return public[f"{name}_images"], public[f"{name}_labels"]


def readme_row(file: str) -> list[str]:
    """Bytes, digest of the file, digest of the content, as the README states them."""
    pattern = rf"^\| `{re.escape(file)}` \| ([\d,]+) \| `(\w{{64}})` \| `(\w{{64}})` \|$"
    found = re.search(pattern, (MNIST / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"the README has no row of digests for {file}"
    return [found[1].replace(",", ""), found[2], found[3]]


@pytest.fixture
def originals() -> Path:
    """The folder of the four original IDX files, where the machine has them."""
    folder = os.environ.get(ORIGINALS)
    if not folder:
        pytest.skip(f"{ORIGINALS} does not name a folder with the four original IDX files")
    return Path(folder)


@pytest.mark.parametrize(("name", "count"), PARTS.items())
def test_shapes(name: str, count: int) -> None:
    """Images are bytes of 28 by 28 pixels, one label to each."""
    images, labels = part(name)
    assert images.shape == (count, 28, 28)
    assert labels.shape == (count,)
    assert images.dtype == labels.dtype == np.uint8


@pytest.mark.parametrize(("name", "count"), PARTS.items())
def test_balanced(name: str, count: int) -> None:
    """Every digit appears equally often."""
    assert np.bincount(part(name)[1]).tolist() == [count // 10] * 10


@pytest.mark.parametrize("name", PARTS)
def test_shuffled(name: str) -> None:
    """The order says nothing about the class: any stretch of 250 holds every digit."""
    labels = part(name)[1]
    stretches = labels.reshape(-1, 250)
    assert all(len(np.unique(stretch)) == 10 for stretch in stretches)


def test_public_file_holds_no_heldout_image() -> None:
    """No image stands in two parts, not even as an equal copy."""
    seen: dict[bytes, str] = {}
    for name in PARTS:
        for image in part(name)[0]:
            other = seen.setdefault(image.tobytes(), name)
            assert other == name, f"an image of {name} is in {other} too"


def test_files_hold_nothing_else() -> None:
    """The student's file has no held-out array, and neither file an array that nobody names."""
    assert set(arrays("public.npz")) == {"train_images", "train_labels", "val_images", "val_labels"}
    assert set(arrays("heldout.npz")) == {"images", "labels"}


@pytest.mark.parametrize("file", FILES)
def test_readme_states_size_and_digests(file: str) -> None:
    """The README's bytes and digests are those of the files beside it."""
    content = (MNIST / file).read_bytes()
    actual = [str(len(content)), hashlib.sha256(content).hexdigest()]
    assert [*actual, script().content_digest(arrays(file))] == readme_row(file)


def test_readme_and_script_name_the_same_originals() -> None:
    """The README lists the digests that the script checks."""
    text = (MNIST / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `([\w-]+-ubyte)` \| `(\w{64})` \|$", text, re.MULTILINE))
    assert stated == script().ORIGINALS


def test_small_enough_to_ship() -> None:
    """Both files together have at most 2.5 MB."""
    assert sum((MNIST / file).stat().st_size for file in FILES) <= 2_500_000


@pytest.mark.parametrize("file", FILES)
def test_digits_look_like_digits(file: str) -> None:
    """Ink is where MNIST has it: 13 % of the range on average, the border nearly empty."""
    for name, images in arrays(file).items():
        if name.endswith("images"):
            assert 0.12 < images.mean() / 255 < 0.14
            assert images[:, [0, -1], :].mean() < 1


def test_packing_is_reproducible(tmp_path: Path) -> None:
    """The same arrays give the same bytes, and NumPy reads them back."""
    made = {"a": np.arange(100, dtype=np.uint8).reshape(10, 10)}
    first, second = script().archive(made), script().archive(made)
    assert first == second
    (tmp_path / "a.npz").write_bytes(first)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert archive["a"].tolist() == made["a"].tolist()


def test_made_from_the_originals(originals: Path, tmp_path: Path) -> None:
    """The four original files give exactly the arrays that ship."""
    assert script().main([str(originals), "--to", str(tmp_path)]) == 0
    for file in FILES:
        with np.load(tmp_path / file, allow_pickle=False) as archive:
            assert script().content_digest(dict(archive)) == readme_row(file)[2]


def test_missing_original(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the originals the script names the file it misses, and writes nothing."""
    assert script().main([str(tmp_path), "--to", str(tmp_path / "out")]) == 2
    assert "train-images-idx3-ubyte does not exist" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_changed_original(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not the published one is refused with both digests."""
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    assert script().main([str(tmp_path), "--to", str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err
    assert script().ORIGINALS["train-images-idx3-ubyte"] in message
    assert not (tmp_path / "out").exists()
