"""The bits and bounds of rows (`grader.schema.rows`), which both sides of the wall share."""

from __future__ import annotations

from typing import Final

TRAINING: Final = 1
"""The root module was in training mode."""
SENSITIVE: Final = 2
"""A module that acts differently in training mode ran in training mode."""
HAS_SENSITIVE: Final = 4
"""The model has such modules."""
GRAD: Final = 8
"""Gradients were recorded (``torch.is_grad_enabled()``)."""
OUT_GRAD: Final = 16
"""The output hangs on a graph."""
IN_GRAD: Final = 32
"""The input asked for gradients itself (attacks, saliency)."""
FED: Final = 64
"""The output fed a ``backward()``."""
FED_GRAD: Final = 128
"""The output fed a ``torch.autograd.grad``."""
FUNCTIONAL: Final = 256
"""No module: a product with a trained tensor."""
LEAF_TRAINING: Final = 512
"""Some module inside, or the root itself when it has none inside, ran in training mode."""
TRAINED: Final = 1024
"""An update has changed some tensor of the model before."""
PART: Final = 2048
"""A single layer, called by an object that is no module but made of such layers."""
PLAIN_TRAINING: Final = 4096
"""A layer inside that acts the same in either mode ran in training mode."""
MODE_UNKNOWN: Final = 8192
"""The program computes the mode of the root or of a module inside: it can't be read."""
FLAGS: Final = 16383

QUIET: Final = 0
"""A model was in evaluation mode as a whole."""
PARTLY: Final = 1
"""It was in training mode, but none of its mode-sensitive parts was."""
ACTS: Final = 2
"""Some mode-sensitive part of it acted as in training."""

THIN_AFTER: Final = 40_000
ROW_LIMIT: Final = 160_000
