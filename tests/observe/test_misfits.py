"""A loss that is written out is known for a misfit by its form, and a reward for none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as programs call it

from grader.observe.misfits import misfit_of

ROWS = 12
torch.manual_seed(0)
NET, ONE, MAP = nn.Linear(6, 5), nn.Linear(6, 1), nn.Conv2d(1, 2, 1)
X, IMAGES = torch.randn(ROWS, 6), torch.randn(4, 1, 8, 8)
CLASSES = torch.arange(ROWS) % 3
YES = (torch.arange(ROWS) % 2).float()
SIGNS, MANY = 2 * YES - 1, (torch.rand(ROWS, 5) > 0.5).float()
MASKS = torch.randint(0, 2, (4, 8, 8)).float()
SAME = CLASSES[:, None] == CLASSES[None, :]


def out() -> Tensor:
    """A score for each row."""
    scores: Tensor = ONE(X)
    return scores.squeeze(1)


def shares() -> Tensor:
    """Of each pixel, how sure it is."""
    scores: Tensor = MAP(IMAGES)
    return scores[:, 0].sigmoid()


def apart() -> Tensor:
    """From each row to each."""
    return torch.cdist(NET(X), NET(X) + 1e-4)


def near() -> Tensor:
    """The logarithms of how near rows are to each other, as shares."""
    rows = F.normalize(NET(X), dim=1)
    return torch.log_softmax(rows @ rows.T - 1e4 * torch.eye(ROWS), 1)


def beside() -> Tensor:
    """From each row to another one."""
    difference: Tensor = NET(X) - NET(X + 1)
    apart: Tensor = torch.linalg.vector_norm(difference, dim=1)
    return apart


MISFITS: dict[str, Callable[[], Tensor]] = {
    "a hinge": lambda: F.relu(1 - out() * SIGNS).mean(),
    "a clamp": lambda: (1 - SIGNS * out()).clamp(min=0).mean(),
    "a hinge squared": lambda: torch.clamp(1 - SIGNS * out(), min=0).pow(2).mean(),
    "a soft margin": lambda: F.softplus(-SIGNS * out()).mean(),
    "a logarithm of it": lambda: -F.logsigmoid(SIGNS * out()).mean(),
    "several labels": lambda: nn.MultiLabelSoftMarginLoss()(NET(X), MANY),
    "both answers": lambda: (
        -(MANY * torch.log(NET(X).sigmoid()) + (1 - MANY) * torch.log(1 - NET(X).sigmoid())).mean()
    ),
    "Dice": lambda: 1 - (2 * (shares() * MASKS).sum() + 1) / (shares().sum() + MASKS.sum() + 1),
    "Dice of softmax": lambda: (
        1
        - (2 * (MAP(IMAGES).softmax(1)[:, 1] * MASKS).sum() + 1)
        / (MAP(IMAGES).softmax(1)[:, 1].sum() + MASKS.sum() + 1)
    ),
    "Dice of squares": lambda: (
        1 - 2 * (shares() * MASKS).sum() / (shares().pow(2).sum() + MASKS.sum())
    ),
    "Jaccard of each": lambda: (
        1
        - (
            (shares() * MASKS).sum((1, 2))
            / (shares().sum((1, 2)) + MASKS.sum((1, 2)) - (shares() * MASKS).sum((1, 2)))
        ).mean()
    ),
    "pairs": lambda: torch.where(SAME, apart() ** 2, F.relu(1 - apart()) ** 2).mean(),
    "pairs with weights": lambda: torch.mean(
        YES * beside() ** 2 + (1 - YES) * (1 - beside()).clamp(min=0) ** 2
    ),
    "triplets": lambda: F.relu(beside() - (NET(X) - NET(X - 1)).norm(dim=1) + 0.3).mean(),
    "one class": lambda: -(near() * (SAME.float() - torch.eye(ROWS))).sum(1).mean() / 4,
}
OTHERS: dict[str, Callable[[], Tensor]] = {
    "rewards of choices": lambda: (
        -(F.log_softmax(NET(X), 1).gather(1, CLASSES[:, None])[:, 0] * torch.randn(ROWS)).mean()
    ),
    "rewards of answers": lambda: torch.mean(F.logsigmoid(out()) * torch.rand(ROWS)),
    "costs of both": lambda: torch.mean(YES * F.logsigmoid(out()) + 2 * YES * F.logsigmoid(-out())),
    "a spread": lambda: torch.mean((NET(X) @ torch.randn(5)) ** 2),
    "distances alone": lambda: apart().mean(),
    "a critic": lambda: NET(X).mean() - NET(X + 1).mean(),
    "a critic's hinge": lambda: F.relu(1 - NET(X)).mean() + F.relu(1 + NET(X + 1)).mean(),
    "a generator": lambda: -F.logsigmoid(out()).mean(),
    "rewards of a table": lambda: torch.sum(
        F.log_softmax(NET(X)[:5], 1) * torch.eye(5).roll(1, 0) * torch.rand(5, 1)
    ),
    "an overlap of two networks": lambda: (
        1 - (shares() * shares()).sum() / (shares().sum() + shares().sum())
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_misfit_is_known_with_its_sign(name: str) -> None:
    """As it is, and turned around."""
    loss = MISFITS[name]()
    told, sign = misfit_of(loss.grad_fn)
    assert told
    assert sign == 1
    assert misfit_of((-loss).grad_fn) == (told, -1)


@pytest.mark.parametrize("name", OTHERS)
def test_what_may_be_wanted_is_no_misfit(name: str) -> None:
    """Neither as it is nor turned around."""
    loss = OTHERS[name]()
    assert misfit_of(loss.grad_fn)[1] == 0
    assert misfit_of((-loss).grad_fn)[1] == 0
