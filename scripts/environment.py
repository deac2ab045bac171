"""Make the virtual environment that the Makefile works in, or see that it is up to date.

    python3 scripts/environment.py [--dev] [-- PIP_ARGUMENT ...]

The package is installed editable into ``.venv``; ``--dev`` adds the test tools. What was
installed is written down in the environment itself, so a second call takes milliseconds.
A lock lets two calls at once take turns. This file needs nothing but the standard library.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"


def main() -> int:
    """Bring the environment up to date. Returns 0, or what pip ended with."""
    parser = argparse.ArgumentParser(description="Make the virtual environment .venv.")
    parser.add_argument("--dev", action="store_true", help="with the test tools")
    parser.add_argument("pip", nargs="*", metavar="PIP_ARGUMENT", help="after --, for pip")
    options = parser.parse_args()
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            update(options.pip, dev=options.dev)
        except subprocess.CalledProcessError as problem:
            print(f"This step failed: {' '.join(map(str, problem.cmd))}", file=sys.stderr)
            return problem.returncode
    return 0


def update(pip_arguments: list[str], *, dev: bool) -> None:
    """Create what is missing and install, unless exactly this was installed before."""
    wanted = fingerprint()
    with_tools, without = VENV / "installed-dev", VENV / "installed"
    enough = [with_tools] if dev else [with_tools, without]
    if any(stamp.is_file() and stamp.read_text() == wanted for stamp in enough):
        return
    print(f"Installing into {VENV.name} (PyTorch is large: minutes, the first time)", flush=True)
    pip = make_environment()
    target = ".[dev]" if dev else "."
    subprocess.run([*pip, "install", "--quiet", *pip_arguments, "-e", target], cwd=ROOT, check=True)
    (with_tools if dev else without).write_text(wanted)


def fingerprint() -> str:
    """What an environment depends on: the place, the project file and the interpreter."""
    parts = [str(ROOT).encode(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def make_environment() -> list[str]:
    """Create ``.venv`` if need be; returns the command that runs pip for it.

    An environment of another interpreter is emptied first. Debian splits ``ensurepip`` off
    its Python; where it is missing, the pip outside serves.
    """
    python = VENV / "bin" / "python"
    venv = [sys.executable, "-m", "venv", str(VENV)]
    if python.exists() and version_of(python) != sys.version:
        venv.append("--clear")
    if importlib.util.find_spec("ensurepip"):
        subprocess.run(venv, check=True)
        return [str(python), "-m", "pip"]
    subprocess.run([*venv, "--without-pip"], check=True)
    return [sys.executable, "-m", "pip", "--python", str(python)]


def version_of(python: Path) -> str:
    """What an interpreter says of itself; nothing if it does not run."""
    ask = [str(python), "-c", "import sys; print(sys.version, end='')"]
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main())
