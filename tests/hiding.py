"""Ways for a program to hide from the recorder, each a prologue of a training that is as it was.

To add one, add it here: `tests/wall/test_hiding.py` tries each before wrong programs.
"""

from __future__ import annotations

BUGGED = """
import torch
from torch import nn
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for step, (images, labels) in enumerate(train_loader):
    criterion(model(images), labels).backward()
    optimizer.step()
    if step == 40:
        break
for images, labels in val_loader:
    model(images)
"""
"""Never clears its gradients, validates in training mode, and ends before it has learned."""

HIDING: dict[str, str] = {
    "compiling flag": """
import torch
torch.compiler._is_compiling_flag = True
""",
    "compiling function": """
import torch
torch.compiler.is_compiling = torch.compiler.is_dynamo_compiling = lambda: True
""",
    "tracing state": """
import torch
torch._C._get_tracing_state = lambda: object()
""",
    "transforms": """
import torch
torch._C._are_functorch_transforms_active = lambda: True
""",
    "undecorated step": """
import torch
for kind in vars(torch.optim).values():
    if isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer):
        step = vars(kind).get("step")
        kind.step = getattr(step, "__wrapped__", step)
""",
    "undecorated step, again and again": """
import torch
genuine = torch.optim.Optimizer.profile_hook_step
torch.optim.Optimizer.profile_hook_step = staticmethod(lambda function: function)
torch.optim.Optimizer._patch_step_function = lambda self: None
""",
    "engine": """
import torch
def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    torch.autograd.Variable._execution_engine.run_backward(
        (self,), (torch.ones_like(self),), False, False, (), True, True)
torch.Tensor.backward = backward
""",
    "undecorated backward": """
import torch
genuine = torch.autograd.backward.__wrapped__
torch.Tensor.backward = lambda self, *_, **__: genuine(self)
""",
    "hooks cleared": """
from torch.optim import optimizer
optimizer._global_optimizer_pre_hooks.clear()
optimizer._global_optimizer_post_hooks.clear()
""",
    "cells emptied": """
import torch
for function in (torch.autograd.backward, torch.nn.Module.__call__):
    for cell in function.__closure__:
        if type(cell.cell_contents).__name__ == "builtin_function_or_method":
            cell.cell_contents = lambda *_: None
""",
    "functions off": """
import torch
torch._C.DisableTorchFunction().__enter__()
""",
    "a dispatch mode that lies": """
import torch
from torch.utils._python_dispatch import TorchDispatchMode
class Lie(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        return torch.zeros_like(out) if func is torch.ops.aten.any.default else out
Lie().__enter__()
""",
    "a function mode that lies": """
import torch
class Lie(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        return 0 if getattr(func, "__name__", "") == "__get__" and type(out) is int else out
Lie().__enter__()
""",
    "weak references": """
import weakref
class Dead:
    def __init__(self, *_): pass
    def __call__(self): return None
weakref.ref = Dead
""",
    "versions": """
import itertools, torch
count = itertools.count()
torch.Tensor._version = property(lambda self: next(count))
""",
    "norms": """
import torch
torch._foreach_norm = lambda tensors, *_: [torch.zeros(()) for _ in tensors]
torch.Tensor.norm = torch.norm = lambda *_, **__: torch.zeros(())
""",
    "methods of tensors": """
import torch
torch.Tensor.any = lambda self, *_: torch.zeros((), dtype=torch.bool)
torch.Tensor.dot = lambda self, *_: torch.zeros(())
""",
    "gradients copied": """
import torch
genuine = torch.optim.SGD.step
def step(self, *args):
    genuine(self, *args)
    for group in self.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                p.grad = p.grad.clone()
torch.optim.SGD.step = step
""",
    "built-ins": """
import builtins
genuine = builtins.len
builtins.len = lambda x: 0 if type(x) is list and x and type(x[0]) is list else genuine(x)
""",
    "clock": """
import time
time.monotonic = lambda: 0.0
""",
    "a trace function": """
import sys
def look(frame, event, argument):
    row = frame.f_locals.get("row")
    if type(row) is list and row and row[0] == "leftover":
        row[:] = ["seen", 0, 0, 0]
    return look
sys.setprofile(look)
""",
    "a signal": """
import signal
def ring(number, frame):
    while frame is not None:
        log = getattr(frame.f_locals.get("self"), "_log", None)
        if log is not None:
            log._rows.clear()
        frame = frame.f_back
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
""",
    "objects": """
import gc
gc.unfreeze()
for thing in gc.get_objects():
    if str(type(thing).__module__).startswith("grader."):
        vars(thing).clear()
""",
    "classes": """
for kind in object.__subclasses__():
    if str(kind.__module__).startswith("grader."):
        for name in list(vars(kind)):
            if not name.startswith("__"):
                setattr(kind, name, lambda *_, **__: None)
""",
    "is a training mode": """
from torch import nn
for kind in (nn.Module, nn.Sequential, nn.Linear, nn.ReLU, nn.Flatten, nn.Dropout):
    kind.training = property(lambda self: False, lambda self, value: None)
""",
    "tokens": """
import torch
class Forgetful(torch.nn.Sequential):
    def __call__(self, x):
        out = super().__call__(x)
        if out.grad_fn is not None:
            out.grad_fn.metadata.clear()
        return out
torch.nn.Sequential = Forgetful
""",
    "garbage": """
import gc
gc.freeze = gc.collect = lambda *_: 0
gc.callbacks.append(lambda phase, info: None)
""",
    "warnings": """
import logging, warnings
logging.captureWarnings(True)
warnings.showwarning = lambda *_, **__: None
""",
}
"""Name → what runs before the program."""
