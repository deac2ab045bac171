"""What a model knew before its first update is known at the end."""

from __future__ import annotations

from typing import Any

import pytest

from asking import ANSWERS, HEAD, IMAGES, LOOP, UNSEEN, accuracy, provide
from grader.observe.asking import starts
from grader.observe.asking.evaluation import NothingTrained
from grader.observe.recorder import Recorder
from recording import run

NET = "nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 3))"
MADE = f"model = {NET}\noptimizer = torch.optim.Adam(model.parameters(), 0.003)\n"
TRAIN = LOOP.replace("NET", "model")
NOTHING = "optimizer = torch.optim.SGD(model.parameters(), 1e-9)\n"
KNOWING = f"""
{MADE}{TRAIN}
known = [p.detach().clone() for p in model.parameters()]
del model, optimizer
"""
"""Weights that read the pictures, wherever a program may have them from."""


def shares(source: str) -> tuple[float, float]:
    """How well the model that was trained last read unseen pictures, at its start and its end."""

    def measure(recorder: Recorder, names: dict[str, Any]) -> tuple[float, float]:
        start, _ = recorder.evaluate_start(UNSEEN, names.get("asked"))
        before = float((start.argmax(1) == ANSWERS).float().mean())
        return before, accuracy(recorder, names)

    _, told = run(HEAD + source, given=provide(), pools={"train": IMAGES.numpy()}, then=measure)
    before, after = told
    return before, after


STARTS = {
    "trained": MADE + TRAIN,
    "by hand": f"""
model = {NET}
for epoch in range(12):
    for images, labels in train_loader:
        model.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.05 * p.grad
""",
    "looked at before": f"{MADE}model(next(iter(train_loader))[0])\n{TRAIN}",
    "in two phases": f"""
{MADE}for p in model[1].parameters():
    p.requires_grad_(False)
{TRAIN}
for p in model[1].parameters():
    p.requires_grad_(True)
optimizer = torch.optim.SGD(model.parameters(), 0.01)
{TRAIN}""",
    "after another model": f"{KNOWING}{MADE}{TRAIN}",
    "a copy that is asked for": f"{MADE}{TRAIN}\nimport copy\nasked = copy.deepcopy(model)",
    "frozen at the end": f"{MADE}{TRAIN}model.requires_grad_(False)",
}


@pytest.mark.parametrize("name", STARTS)
def test_a_fresh_model_knows_nothing_at_its_start(name: str) -> None:
    """However it was trained; the start is that before the first step of the first phase."""
    before, after = shares(STARTS[name])
    assert after > 0.9
    assert before < 0.75


PASTE = "with torch.no_grad():\n    [p.copy_(v) for p, v in zip(model.parameters(), known)]\n"
PASTED = {
    "before the training": f"{KNOWING}{MADE}{PASTE}{NOTHING}{TRAIN}",
    "after a look": f"{KNOWING}{MADE}model(next(iter(train_loader))[0])\n{PASTE}{NOTHING}{TRAIN}",
    "and then trained": f"{KNOWING}{MADE}{PASTE}{TRAIN}",
    "as data": (
        f"{KNOWING}{MADE}for p, v in zip(model.parameters(), known):\n    p.data = v\n"
        f"{NOTHING}{TRAIN}"
    ),
}


@pytest.mark.parametrize("name", PASTED)
def test_a_model_that_was_given_its_weights_knew_them_at_its_start(name: str) -> None:
    """Whatever steps follow."""
    before, after = shares(PASTED[name])
    assert after > 0.9
    assert before > 0.9


def test_a_start_that_is_not_known_is_not_guessed() -> None:
    """Of tensors without a module nothing is kept, nor of more numbers than there is room for."""
    raw = """
w = torch.zeros(784, 3, requires_grad=True)
for epoch in range(6):
    for images, labels in train_loader:
        F.cross_entropy(images.flatten(1) @ w, labels).backward()
        with torch.no_grad():
            w -= 0.05 * w.grad
            w.grad = None
"""
    with pytest.raises(NothingTrained, match="before its training is not known"):
        _told(raw)


def _told(source: str) -> Any:
    def measure(recorder: Recorder, _: dict[str, Any]) -> str:
        try:
            recorder.evaluate_start(UNSEEN)
        except NothingTrained as error:
            return str(error)
        return ""

    _, said = run(HEAD + source, given=provide(), pools={"train": IMAGES.numpy()}, then=measure)
    if said:
        raise NothingTrained(said)


@pytest.mark.parametrize(
    ("source", "is_first"), [("trained", True), ("after another model", False)]
)
def test_whether_anything_was_trained_before_is_known(source: str, *, is_first: bool) -> None:
    """A later model may have the weights of the one before."""

    def first(recorder: Recorder, _: dict[str, Any]) -> bool:
        return recorder.evaluate_start(UNSEEN)[1]

    _, told = run(
        HEAD + STARTS[source], given=provide(), pools={"train": IMAGES.numpy()}, then=first
    )
    assert told == is_first


def test_large_models_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may need its memory for itself."""
    monkeypatch.setattr(starts, "MOST_NUMBERS", 1000)
    with pytest.raises(NothingTrained, match="not known"):
        _told(STARTS["trained"])
