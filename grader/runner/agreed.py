"""What the two sides call things by: a signal, and names that stand for more than they say."""

from __future__ import annotations

import signal

STOP_SIGNAL = signal.SIGUSR1
"""Asks a student's process to end its training at the next step."""

YAML_ERROR = "YAMLError"
"""The type of the crash that a text gets that is no YAML."""

INTERRUPTED = "grader.interrupted"
"""In place of a function's name: what ran can't be told, as the watch was ended from inside."""

AUTOGRAD = "torch.autograd.engine"
"""Begins the name of each step of a backward pass: ``torch.autograd.engine.MulBackward0``."""
