"""Gives the weights of a model the usual size before it is called first: in a replay.

Runs in the student's process. Whether a training fails for its initial weights is asked by running
it again with smaller ones (`grader.trace.explosion`): nothing else is changed.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from grader.observe.looking import (
    has_values,
    is_a,
    is_dense,
    is_tensor,
    module_dict,
    modules_in,
    values_of,
)

MATRIX = 2
RECTIFIED = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


def calm(module: nn.Module) -> None:
    """Scale each weight of a model down to a root mean square of 1 / sqrt(inputs) at most.

    Of layers that a ReLU may follow, to sqrt(2 / inputs) (He et al., 2015, eq. 10). Embeddings are
    left as they are: what comes out of one doesn't grow with its size.
    """
    for part in modules_in(module):
        if is_a(part, nn.Embedding):
            continue
        gain = math.sqrt(2) if is_a(part, *RECTIFIED) else 1.0
        for weight in values_of(module_dict(part).get("_parameters")):
            if is_tensor(weight) and has_values(weight) and is_dense(weight):
                _scale(weight, gain)


def _scale(weight: torch.Tensor, gain: float) -> None:
    if weight.dim() < MATRIX or not weight.numel() or not weight.is_floating_point():
        return
    most = gain / math.sqrt(weight.numel() / len(weight))
    size = float(weight.detach().double().square().mean().sqrt())
    if math.isfinite(size) and size > most:
        weight.detach().mul_(most / size)
