"""The names and limits that both sides of the wall share: the kinds of rows and their bits.

A trace crosses as lists of JSON values. Each row starts with its kind:

==========  =============================================================================
place       index, shown file name, line, cell or null
model       index, class name, is a module, parameter count, mode-sensitive modules
source      index, kind, name, size, pool or null
optimizer   index, class name, place
forward     number, model, place, source, batch size, flags, first row's hash, updates so far
fed         number of a forward already sent, flag to add
backward    number, place, loss or null, updates so far, how (0 backward, 1 autograd.grad)
update      number, optimizer or -1, place, backward, learning rate, gradient norm, ratio,
            leaves changed, leaves that held a leftover
leftover    update, backward place, update place, leftover of update, leaves, all leaves,
            leftover norm, fresh norm
misuse      place, class name, form, went on
trained     source, model, batches
seen        source, rows read, of these trained on
shared      source, source, rows in common
twin        number of a forward, trained model whose very values its model held
reach       backward pass, place of its loss, leaves of its graph, leaves that a model or an
            optimizer holds, the loss is itself a leaf
loss        backward pass, place of its loss, operations from the loss's last one downwards,
            lowest and highest input of a likelihood, its row's sum of exp farthest from 1,
            predictions of which each was compared with each target (0: they were paired)
cleared     update, place, place of the backward pass, leaves whose new gradients were gone
mode        model, update, place, how its parts acted (0 evaluation, 1 training but nothing in it
            acted, 2 as in training), updates with and without them so far
dropping    number of a forward in evaluation mode, place, the share that a dropout dropped in it
slope       backward pass, gradient times displacement since the first pass (in replays)
schedule    optimizer, place
symmetric   place, name, units that are alike, inputs of each, updates of the tensor
warning     place, category, message
fault       where, what
end         facts by name
==========  =============================================================================
"""

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
