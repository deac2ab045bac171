"""What tests that run a program in their own process share."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def own_main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Programs take the place of __main__ and sys.argv, and write their file to the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    main, alarm = sys.modules["__main__"], signal.getsignal(signal.SIGALRM)
    yield
    sys.modules["__main__"] = main
    signal.signal(signal.SIGALRM, alarm)
