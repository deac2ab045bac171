"""What worked examples add to reading an exercise: its rubric with them, without, and with copies.

    python benchmarks/rubrics.py [--rounds N]

Each exercise is read from a bank of its own in three forms, in turns, so that a busy moment of the
machine meets all of them: as shipped; with no fourth hint; and with the text of each example
written into the YAML. The figures are medians in milliseconds, and ratios to the form without.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import yaml

from grader import bank, worked

FORMS = ("without", "shipped", "copied")


def lay(root: Path, form: str) -> None:
    """A bank of the shipped exercises, their fourth hints in this form."""
    for folder in ("exercises", "reference", "datasets"):
        (root / folder).symlink_to(bank.root_of("debug_loop") / folder)
    shutil.copytree(bank.root_of("debug_loop") / "rubrics", root / "rubrics")
    for path in (root / "rubrics").glob("*.yaml") if form != "shipped" else ():
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        for line in table["checks"]:
            name = line.pop("example", "")
            if name and form == "copied":
                text = (root / worked.FOLDER / f"{name}.md").read_text(encoding="utf-8")
                line["hints"].append(f"{worked.LEAD}\n\n{text}")
        path.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")


def spent(exercise: str, root: Path) -> float:
    """Milliseconds of the processor for reading one exercise from this bank."""
    os.environ[bank.ROOT_VARIABLE] = str(root)
    began = time.process_time()
    bank.load(exercise)
    return 1e3 * (time.process_time() - began)


def main() -> None:
    """Print a line for each exercise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    rounds = parser.parse_args().rounds
    names = bank.all_ids()
    with tempfile.TemporaryDirectory() as folder:
        roots = {form: Path(folder, form) for form in FORMS}
        for form, root in roots.items():
            root.mkdir()
            lay(root, form)
        print(f"{'exercise':20}{'without':>9}{'shipped':>9}{'copied':>9}   ms; ratios to the first")
        for name in names:
            times: dict[str, list[float]] = {form: [] for form in FORMS}
            for _ in range(rounds):
                for form, root in roots.items():
                    times[form].append(spent(name, root))
            middle = {form: statistics.median(values) for form, values in times.items()}
            ratios = "  ".join(f"{middle[form] / middle['without']:.2f}" for form in FORMS[1:])
            print(f"{name:20}" + "".join(f"{middle[form]:9.2f}" for form in FORMS) + f"   {ratios}")


if __name__ == "__main__":
    main()
