"""What a program finds when it asks Python what there is: nothing of what records it.

Each question is asked in a fresh interpreter, by a program that runs below a frame of ours.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch._dynamo  # noqa: F401 - an optimizer imports it on first use: once here

from grader.observe.recorder import Recorder
from grader.runner.inside import unseen


def is_ours(thing: Any) -> bool:
    """Whether an object is an instance, a class, a function or a frame of the grader's."""
    kind = type(thing)
    if kind is types.FunctionType:
        return str(thing.__globals__.get("__name__")).startswith("grader.")
    if kind is types.FrameType:
        return str(thing.f_globals.get("__name__")).startswith("grader.")
    name = type.__dict__["__module__"].__get__(thing if issubclass(kind, type) else kind)
    return str(name).startswith("grader.")


def record(source: str) -> None:
    """Run a program as a student's process does, below a frame of ours."""
    referents = gc.get_referents
    secret = Recorder(lambda _rows: None, {"program.py": ("program.py", None)})
    base = types.ModuleType("grader.base")
    exec("def call(function, *args): kept = args; return function(*args)", vars(base))
    ours = [module for name, module in sys.modules.items() if name.startswith("grader")]
    for module in ours:
        del sys.modules[module.__name__]
    unseen.serve([*ours, base], [secret])
    secret.install()
    space = {"__name__": "__main__", "is_ours": is_ours, "raw_referents": referents}
    base.call(exec, compile(source, "program.py", "exec"), space)


FOUND = """
import gc, signal, sys, time, traceback, types, inspect, logging, weakref, warnings, threading
import torch
from torch import nn
found = []
def look(where, thing):
    if is_ours(thing):
        found.append((where, repr(thing)[:80]))
def up(where, frame):
    while frame is not None:
        look(where, frame)
        frame = frame.f_back
def train(steps=3):
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = model(torch.randn(5, 4)).square().mean()
        loss.backward()
        optimizer.step()
    return model, loss
"""

QUESTIONS = {
    "frames": """
up("frame", sys._getframe())
for depth in range(40):
    try:
        look("depth", sys._getframe(depth))
    except ValueError:
        break
for frame in sys._current_frames().values():
    up("current", frame)
for info in inspect.stack():
    look("stack", info.frame)
""",
    "a replaced built-in": """
import builtins
genuine = builtins.len
def longer(x):
    up("len", sys._getframe())
    return genuine(x)
builtins.len = longer
train()
""",
    "a replaced method": """
genuine = torch.Tensor.detach
def detach(self):
    up("detach", sys._getframe())
    try:
        raise KeyError
    except KeyError as error:
        up("traceback", error.__traceback__.tb_frame)
    return genuine(self)
torch.Tensor.detach = detach
train()
""",
    "a trace function": """
def trace(frame, event, argument):
    up("trace", frame)
    return trace
sys.settrace(trace)
train(1)
sys.settrace(None)
sys.setprofile(trace)
train(1)
sys.setprofile(None)
threading.settrace(trace)
""",
    "a signal handler": """
import torch._dynamo
def ring(number, frame):
    up("signal", frame)
    up("own", sys._getframe())
signal.signal(signal.SIGALRM, ring)
assert signal.getsignal(signal.SIGALRM) is ring
signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
train(40)
signal.setitimer(signal.ITIMER_REAL, 0)
""",
    "another thread": """
over = False
def watch():
    while not over:
        for frame in sys._current_frames().values():
            up("thread", frame)
threading.Thread(target=watch).start()
train(20)
over = True
""",
    "an audit hook": """
asked = []
def hear(event, arguments):
    if event != "object.__getattr__":
        asked.append(event)
        for argument in arguments:
            look("audit " + event, argument)
            if isinstance(argument, types.FrameType):
                up("audit " + event, argument)
sys.addaudithook(hear)
train()
exec("1")
assert "exec" in asked
""",
    "a finalizer": """
class Ends:
    def __del__(self):
        up("del", sys._getframe())
gc.set_threshold(5)
gc.callbacks.append(lambda *_: up("collector", sys._getframe()))
def loop():
    one = Ends()
    one.self = one
for _ in range(3):
    loop()
    train(1)
""",
    "the collector": """
model, loss = train()
gc.unfreeze()
for thing in gc.get_objects():
    look("objects", thing)
for thing in gc.get_referrers(*model.parameters()):
    look("referrers", thing)
for parameter in model.parameters():
    for reference in weakref.getweakrefs(parameter):
        look("weak", reference)
        look("callback", reference.__callback__)
        for thing in gc.get_referrers(reference):
            look("referrers of a weak reference", thing)
""",
    "a node of the graph": """
model, loss = train()
output = model(torch.randn(5, 4))
for token in dict(output.grad_fn.metadata).values():
    for reference in weakref.getweakrefs(token):
        for thing in (reference.__callback__, *gc.get_referents(reference)):
            look("token", thing)
            look("self", getattr(thing, "__self__", None))
""",
    "the classes": """
seen = set()
def below(kind):
    if kind not in seen:
        seen.add(kind)
        look("class", kind)
        for each in type.__subclasses__(kind):
            below(each)
below(object)
assert bool in int.__subclasses__()
""",
    "built-in modules again": """
import importlib
for name in ("gc", "sys", "_signal"):
    module = sys.modules.pop(name)
    again = importlib.import_module(name)
    importlib.reload(again)
    again = importlib._bootstrap._imp.create_builtin(importlib.machinery.ModuleSpec(name, None))
    for function in ("_getframe", "get_objects", "settrace", "signal"):
        if hasattr(again, function):
            kind = type(vars(again)[function])
            assert kind is types.FunctionType, (name, function, kind)
    sys.modules[name] = module
""",
}


def told(source: str) -> str:
    """What a program prints that runs below a frame of ours, in an interpreter of its own.

    pytest's holds these tests, and whatever else was imported for others.
    """
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"__import__('test_unseen'), sys.modules.pop('test_unseen').record({source!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def ask(question: str) -> str:
    """What the program says at its end: what it found, ideally an empty list."""
    end = "import os; os.write(1, repr(found[:5]).encode()); os._exit(0)"  # as a student's process
    return told(f"{FOUND}\n{question}\n{end}")


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_of_ours_is_found(question: str) -> None:
    """Whichever way it asks, a program gets no frame, object, class or function of ours."""
    assert ask(QUESTIONS[question]) == "[]"


REACH = """
EMPTY = ("Failed", "StopReplay", "_MethodDef", "LP__MethodDef")  # words, with nothing in them
model, loss = train()
names = dict(sys.modules)
waiting, seen = [names, globals(), model, loss, torch], set()
waiting += [signal.getsignal(n) for n in (signal.SIGUSR1, signal.SIGALRM)]
while waiting:
    thing = waiting.pop()
    if id(thing) in seen or thing is is_ours or thing is raw_referents:
        continue
    seen.add(id(thing))
    if (thing.__name__ if issubclass(type(thing), type) else type(thing).__name__) not in EMPTY:
        look("reached", thing)
    waiting.extend(raw_referents(thing))
assert len(seen) > 100_000, len(seen)
print(found[:5])
"""


def test_nothing_of_ours_hangs_on_what_a_program_can_name() -> None:
    """From all modules, its own names, its model and its loss nothing is reached by references."""
    assert told(FOUND + REACH) == "[]"


def test_a_handler_may_raise() -> None:
    """An alarm of the program's own ends its training, wherever it was, and costs no fault."""
    question = """
def ring(number, frame):
    raise TimeoutError("own")
signal.signal(signal.SIGALRM, ring)
for n in range(5):
    torch.set_grad_enabled(True)  # the end of a no_grad block may be what was cut
    signal.setitimer(signal.ITIMER_REAL, 0.05 + n / 100)
    try:
        train(100_000)
    except TimeoutError as error:
        found.append(str(error))
found = [] if found == ["own"] * 5 else found
"""
    assert ask(question) == "[]"


def test_honest_questions_are_answered() -> None:
    """The program's own frames, objects and hooks are told as ever."""
    question = """
def inner():
    return sys._getframe(1).f_code.co_name, sys._getframe().f_back.f_code.co_name
def outer():
    return inner()
assert outer() == ("outer", "outer")
called = []
def profile(frame, event, argument):
    called.append(frame.f_code.co_name)
sys.setprofile(profile)
outer()
sys.setprofile(None)
assert "inner" in called
import cProfile, pstats, io
with cProfile.Profile() as profiler:
    train(1)
shown = io.StringIO()
pstats.Stats(profiler, stream=shown).print_stats()
assert "train" in shown.getvalue()
class Mine:
    pass
mine = Mine()
held = [mine]
assert any(thing is mine for thing in gc.get_objects())
assert any(thing is held for thing in gc.get_referrers(mine))
assert Mine in object.__subclasses__()
try:
    sys._getframe(1000)
except ValueError as error:
    assert "deep" in str(error)
import collections
assert collections.namedtuple("P", "x").__module__ == "__main__"
"""
    assert ask(question) == "[]"
