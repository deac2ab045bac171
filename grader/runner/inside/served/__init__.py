"""What a submission finds in its world: the data, and quiet stand-ins for what can't be served.

Runs in the student's process, before the submission. Everything here keeps the genuine class
and changes the one thing that a grader can't give: a network, a person at the keyboard, new
processes.
"""

from __future__ import annotations

import builtins
import getpass
from collections.abc import Callable, Container

from grader.observe.opaque import opaque
from grader.runner.inside.program import quiet_input
from grader.runner.inside.served import absent, plots, quiet
from grader.runner.inside.served.mnist import Mnist
from grader.runner.inside.served.quiet import Note

__all__ = ["Mnist", "Note", "ServeMnist", "serve", "server"]


ServeMnist = Callable[[Mnist, Note], None]
"""Lets a program find these images in torchvision, and notes where they came from."""


def server(*, images: bool) -> ServeMnist | None:
    """Return what serves images, with its imports done: later on none of ours can be made.

    torchvision takes as long to import as torch, and is only in the way where no images are given.
    """
    if not images:
        return None
    from grader.runner.inside.served.vision import serve_mnist  # noqa: PLC0415

    return lambda mnist, note: serve_mnist(mnist, opaque(note))


def serve(note: Note, files: Container[str] = ()) -> None:
    """Install every stand-in but that for images.

    ``note`` takes a sentence for the report, once each; ``files`` are the names that the
    program's text is compiled under.
    """
    # What the program can name of ours must not lead it to the rest.
    note, is_own = opaque(note), opaque(lambda name: name in files)
    builtins.input = getpass.getpass = quiet_input  # type: ignore[assignment]
    quiet.serve_single_process_loading(note)
    quiet.serve_eager(note)
    quiet.serve_breakpoints(note)
    quiet.serve_display()
    quiet.serve_plain_progress_bars()
    quiet.serve_warnings(is_own)
    plots.serve_plots(note)
    absent.serve(note, is_own)
