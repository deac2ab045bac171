"""A backward pass that raised: the record tells apart the causes that torch has one message for."""

from __future__ import annotations

import pytest

from grader.model import Crash, Place
from grader.schema.rows import FailedPass
from grader.trace.failures import AGAIN, NO_GRAPH, explained
from recording import record

NET = "import torch\nfrom torch import nn\nnet = nn.Linear(3, 2)\nx = torch.ones(4, 3)\n"
LOOP = "for step in range(4):\n"
ADVERSARIES = """\
critic = nn.Linear(2, 1)
fake = net(x)
critic(fake).mean().backward()
critic(fake).square().mean().backward()
"""
TWO_LOSSES = "h = net(x).tanh()\nh.mean().backward()\nh.square().mean().backward()\n"
RECURRENT = """\
rnn = nn.RNN(3, 5, batch_first=True)
h = torch.zeros(1, 4, 5)
for step in range(4):
    out, h = rnn(torch.ones(4, 2, 3), h)
    out.square().mean().backward()
"""
OWN_CELL = """\
w, h = torch.ones(3, 3, requires_grad=True), torch.ones(4, 3)
for step in range(3):
    h = torch.tanh(h @ w)
    h.mean().backward()
"""
SWITCHED_OFF = """\
torch.set_grad_enabled(False)
loss = net(x).mean()
torch.set_grad_enabled(True)
loss.backward()
"""
CASES = [
    ("loss = net(x).mean()\nloss.backward()\nloss.backward()\n", "same", "at line 6"),
    (
        "total = 0\n" + LOOP + "    total = total + net(x).mean()\n    total.backward()\n",
        "total",
        "add loss.item() to the total",
    ),
    (
        "class Trainer:\n"
        "    total = 0\n"
        "    def step(self):\n"
        "        self.total += nn.functional.mse_loss(net(x), x[:, :2])\n"
        "        self.total.backward()\n"
        "trainer = Trainer()\n" + LOOP + "    trainer.step()\n",
        "total",
        "running total",
    ),
    (
        "out = net(x).tanh()\n" + LOOP + "    loss = (out - 1).square().mean()\n"
        "    loss.backward()\n",
        "forward",
        "before the loop",
    ),
    (
        "w = torch.ones(3, requires_grad=True)\np = (w * w).exp()\n"
        + LOOP
        + "    (p - 1).square().mean().backward()\n",
        "forward",
        "belongs inside the loop",
    ),
    (RECURRENT, "state", "state.detach()"),
    (OWN_CELL, "state", "state.detach()"),
    (ADVERSARIES, "forward", "by the backward() at line 7: both losses come from one forward pass"),
    (TWO_LOSSES, "forward", "Add them and call backward() once"),
    (
        "with torch.no_grad():\n    loss = net(x).mean()\nloss.backward()\n",
        "no_grad",
        "The model was called at line 6 while no gradients were recorded",
    ),
    (
        SWITCHED_OFF,
        "no_grad",
        "outside of that in training",
    ),
    ("net.requires_grad_(False)\nnet(x).mean().backward()\n", "frozen", "all are frozen"),
    ("net(x).argmax(1).float().mean().backward()\n", "cut", "cut between the two"),
    (
        "out = net(x)\nloss = torch.tensor(out.mean().item())\nloss.backward()\n",
        "cut",
        "The model was called at line 5 with gradients",
    ),
    ("w = torch.ones(3)\n(w * 2).sum().backward()\n", "", ""),
]


@pytest.mark.parametrize(("source", "why", "said"), CASES, ids=lambda value: value[-24:])
def test_the_cause_is_in_the_record_and_in_the_sentence(source: str, why: str, said: str) -> None:
    """Which of the causes it was, and what to do; the false cure is named as one."""
    trace = record(NET + source)
    (failed,) = trace.of(FailedPass)
    assert failed.why == why
    message = f"... {AGAIN if failed.what == 'again' else NO_GRAPH} ..."
    assert failed.place is not None
    crash = Crash(type="RuntimeError", message=message, frames=((failed.place, ""),))
    told = explained(crash, trace.events).explanation
    assert said in told
    assert bool(said) == ("would silence this message" in told)
    assert trace.faults == ()


def test_a_pass_that_raised_elsewhere_explains_nothing() -> None:
    """A failure that the program has caught is not that of the crash."""
    trace = record(
        NET + "loss = net(x).mean()\nloss.backward()\n"
        "try:\n    loss.backward()\nexcept RuntimeError:\n    pass\n"
    )
    crash = Crash(
        type="RuntimeError", message=AGAIN, frames=((Place("program.py", 99), ""),), explanation="-"
    )
    assert explained(crash, trace.events).explanation == "-"
    other = Crash(type="RuntimeError", message="another", frames=crash.frames)
    assert explained(other, trace.events) == other
