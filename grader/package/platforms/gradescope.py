"""Gradescope: a zip with ``setup.sh`` and ``run_autograder`` in its root.

Gradescope unpacks it to ``/autograder/source``, runs ``setup.sh`` once, as root, when the
assignment's image is built, and ``/autograder/run_autograder``, as root, for each hand-in. Its
base image has Python 3.10, which is too old: the package brings wheels, or the assignment
names an image of one's own ("Manual Docker Configuration").

Source: Gradescope's autograder documentation, "Technical Details".
"""

from __future__ import annotations

from grader.package.contents import PROGRAM, Entry, Files, Order, text
from grader.package.platform import Platform

PLATFORM = Platform(
    suffix=".zip",
    format="gradescope",
    handed_in="/autograder/submission",
    results="/autograder/results/results.json",
    handin="/autograder/submission_metadata.json",
    most_s=2400,
    reader="whoever can edit the assignment",
)

_SETUP = """
#!/usr/bin/env bash
# Builds the environment, once, and asks no network: the image has it, or the package's wheels.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
chmod -R go-rwx grade/exercises grade/reference grade/rubrics grade/datasets 2>/dev/null || true
if sh ./find-python . >/dev/null 2>&1; then
  echo "The grader's packages are there."
  exit 0
fi
if [ ! -d wheels ]; then
  sh ./find-python .
fi
for python in python3.14 python3.13 python3.12 python3.11 python3; do
  command -v "$python" >/dev/null || continue
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
  "$python" -m venv env
  env/bin/python -m pip install --quiet --no-index --find-links wheels -r wheels.txt
  exit 0
done
echo "There is no Python 3.11 or newer here; Gradescope's own image has 3.10." >&2
echo "Let the assignment use an image of your own (Manual Docker Configuration)." >&2
exit 1
"""


def files(order: Order) -> Files:
    """The bundle, and the two scripts."""
    home = "/autograder/source"
    return {
        **order.bundle,
        **order.ways_in("run_autograder", home=home),
        "setup.sh": text(_SETUP, PROGRAM),
        **wheel_files(order),
    }


def wheel_files(order: Order) -> Files:
    """The wheels that were asked for, and the list that pip installs them by."""
    if order.wheels is None:
        return {}
    found = sorted(order.wheels.glob("*.whl"))
    packed = {f"wheels/{path.name}": Entry(path.read_bytes()) for path in found}
    return {**packed, "wheels.txt": text("".join(f"wheels/{path.name}\n" for path in found))}
