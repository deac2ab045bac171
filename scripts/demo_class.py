"""Makes a class of twelve on the spot, as Canvas exports one, from cases of ``debug_loop``.

    python scripts/demo_class.py FOLDER

FOLDER gets ``class/`` (twelve hand-ins: one late, one zipped, one handed in twice, one that is
no program) and ``roster.csv``, a gradebook with a thirteenth student.
"""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from pathlib import Path

CASES = Path(__file__).parents[1] / "reference" / "debug_loop" / "cases"
EXERCISE = "Debug a training loop (7001)"

# Who, and which case is their work.
CLASS = {
    "Adeyemi, Ada": "ok_cnn",
    "Berg, Ben": "bad_no_zero_grad",
    "Castro, Chloe": "bad_lr_100",
    "Dogan, Deniz": "bad_loss_class",
    "Eklund, Elin": "bad_no_zero_grad",
    "Fofana, Fatou": "ok_defines_train",
    "Garcia, Gael": "bad_crash_backward_twice",
    "Huang, Hua": "bad_loss_class",
    "Ivanova, Ina": "bad_no_eval_no_grad",
    "Jansen, Jip": "bad_no_zero_grad",
    "Khan, Kiran": "bad_all_four",
}
ESSAY, AWAY = "Lopez, Luz", "Meyer, Mika"


def source(case: str) -> str:
    """A case without what it says to the grader's own tests."""
    text = (CASES / f"{case}.py").read_text(encoding="utf-8")
    text = re.sub(r"\A(?:#.*\n)+", "", text)
    return re.sub(r"[ \t]+# (?:here|finding:).*", "", text).lstrip("\n")


def lay(folder: Path) -> None:
    """Write the class and its roster, in place of those that were there."""
    files = folder / "class"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    for number, (name, case) in enumerate(CLASS.items()):
        short = name.replace(", ", "").lower()
        late = "LATE_" if short.startswith("jansen") else ""
        place = files / f"{short}_{late}{101 + number}_{9001 + number}_debug_loop.py"
        if short.startswith("fofana"):
            with zipfile.ZipFile(place.with_suffix(".zip"), "w") as archive:
                archive.writestr("work/debug_loop.py", source(case))
        else:
            place.write_text(source(case), encoding="utf-8")
    second = files / "ivanovaina_109_9100_debug_loop-1.py"
    second.write_text(source("ok_float64"), encoding="utf-8")
    (files / "lopezluz_112_9012_essay.txt").write_text("Sorry, wrong file.\n", encoding="utf-8")
    lines = ["Student,ID,SIS User ID,SIS Login ID,Section," + EXERCISE,
             "    Points Possible,,,,,10"]  # fmt: skip
    for number, name in enumerate([*CLASS, ESSAY, AWAY]):
        lines.append(f'"{name}",{101 + number},,{name.partition(",")[0].lower()},1,')
    (folder / "roster.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    lay(Path(sys.argv[1]))
