"""A training in another thread is followed, and two at once do not mix."""

from __future__ import annotations

import pytest

from grader.trace.trace import Trace
from recording import record

TRAIN = """
import asyncio, threading, time
from concurrent.futures import ThreadPoolExecutor
import torch
from torch import nn
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
def train():
    for epoch in range(3):
        for images, labels in train_loader:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
def validate():
    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            model(images)
"""
WAYS = {
    "joined": "t = threading.Thread(target=train); t.start(); t.join()",
    "pooled": "with ThreadPoolExecutor() as pool: pool.submit(train).result()",
    "awaited": "asyncio.run(asyncio.to_thread(train))",
    "polled": """
t = threading.Thread(target=train); t.start()
while t.is_alive():
    time.sleep(0.01)""",
}


def check(trace: Trace, updates: int = 48) -> None:
    """All updates, and validation after them in the main thread."""
    assert trace.faults == ()
    assert trace.updates == updates
    assert len(trace.losses) == updates
    held_out = [source for source in trace.sources if trace.is_held_out(source.index)]
    assert [source.size for source in held_out] == [96]


@pytest.mark.parametrize("way", WAYS)
def test_a_thread_that_trains_is_followed(way: str) -> None:
    """Whatever the main thread does while it waits; afterwards the main thread is back."""
    check(record(f"{TRAIN}\n{WAYS[way]}\nvalidate()\n"))


def test_two_threads_in_turns_are_both_followed() -> None:
    """One after the other, each to its end."""
    source = (
        TRAIN
        + """
for _ in range(2):
    t = threading.Thread(target=train); t.start(); t.join()
validate()
"""
    )
    check(record(source), updates=96)


def test_a_thread_beside_a_training_is_left_alone() -> None:
    """What another thread does with its model, while this one trains, is no part of it."""
    source = (
        TRAIN
        + """
other, done = nn.Linear(8, 2), threading.Event()
def beside():
    while not done.is_set():
        other(torch.randn(4, 8)).sum().backward()
t = threading.Thread(target=beside); t.start()
train(); done.set(); t.join(); validate()
"""
    )
    trace = record(source)
    assert trace.faults == ()
    assert trace.updates == 48
    assert trace.main_model is not None
    assert trace.main_model.name == "Sequential"
