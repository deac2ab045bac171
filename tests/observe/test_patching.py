"""Doors: in place early, passed by while nobody listens, and with nothing to be seen in them."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from grader.observe.opaque import Switch, opaque, stateless
from grader.observe.patching import FAILED, Patches, StopReplay
from grader.observe.recorder import Recorder


@pytest.fixture
def patches() -> Iterator[Patches]:
    """Doors that are taken away at the end."""
    made = Patches()
    yield made
    made.undo()


def owner() -> Any:
    return types.SimpleNamespace(double=lambda x: 2 * x, fails=lambda: 1 / 0)


def test_an_opaque_function_shows_nothing() -> None:
    """It is a built-in without an object, a closure, or anything that the collector follows."""
    secret = ["held"]
    function: Any = opaque(lambda value: [*secret, value])
    assert function(1) == ["held", 1]
    assert type(function).__name__ == "builtin_function_or_method"
    assert (getattr(function, "__self__", 0), getattr(function, "__module__", 0)) == (None, None)
    assert gc.get_referents(function) == []
    assert not hasattr(function, "__closure__")
    assert not hasattr(function, "__dict__")


def test_an_opaque_function_outlives_its_maker() -> None:
    """What it leads to is kept, though nothing that can be seen refers to it."""
    functions = [opaque(lambda value, n=n: value + n) for n in range(100)]
    gc.collect()
    assert [function(1) for function in functions] == [1 + n for n in range(100)]


def test_a_switch_leads_where_it_was_set_and_shows_nothing() -> None:
    """Nowhere at first, and again; it is one function all the time, with nothing in it."""
    switch, told = Switch(), []
    way = switch.way(lambda _, arguments: told.append(arguments))
    assert switch.function(1) == 0
    way()
    assert switch.function(2, 3) is None
    switch.off()
    assert switch.function(4) == 0
    assert told == [(2, 3)]
    assert getattr(switch.function, "__self__", 0) is None
    assert gc.get_referents(switch.function) == []


def test_a_stateless_function_has_only_builtins() -> None:
    """It does what it did, and its globals lead nowhere, not even to the builtins in use."""
    copy = stateless(_adds)
    assert copy(2, more=3) == 5
    assert isinstance(copy, types.FunctionType)
    assert set(copy.__globals__) == {"__builtins__", "__name__"}
    assert copy.__globals__["__builtins__"] is not __builtins__


def _adds(value: int, *, more: int = 1) -> int:
    return sum((value, more))


def test_a_door_tells_before_and_after(patches: Patches) -> None:
    """Who listens gets the arguments of a call, then its result; the caller gets the result."""
    told: list[Any] = []
    module = owner()
    patches.around(
        module,
        "double",
        lambda args, kwargs: told.__iadd__([(args, kwargs)]),
        lambda _args, _kwargs, output: told.append(output),
    )
    assert module.double(4) == 8
    assert told == [((4,), {}), 8]


def test_a_door_lets_exceptions_pass(patches: Patches) -> None:
    """The caller gets the exception; who listens, that it failed."""
    told: list[Any] = []
    module = owner()
    patches.around(module, "fails", lambda *_: True, lambda *call: told.append(call[2]))
    with pytest.raises(ZeroDivisionError):
        module.fails()
    assert told == [FAILED]


def test_a_door_stops_a_program(patches: Patches) -> None:
    """Where the listener says so, the call isn't made."""
    module = owner()
    patches.around(module, "fails", lambda *_: StopReplay)
    with pytest.raises(StopReplay):
        module.fails()


def test_a_name_bound_before_is_listened_to(patches: Patches) -> None:
    """A door that was passed by leads past whoever listens later, under every name of it."""
    module = owner()
    patches.around(module, "double", lambda *_: None)
    patches.close()
    bound = module.double
    told: list[Any] = []
    assert bound(1) == 2
    patches.around(module, "double", lambda args, _: told.append(args))
    assert bound(2) == 4
    assert told == [(2,)]


@pytest.mark.parametrize("change", ["attribute", "code", "cell"])
def test_a_changed_door_is_lost(patches: Patches, change: str) -> None:
    """Another function in its place, another code in it or another listener is noticed."""
    module = owner()
    patches.around(module, "double", lambda *_: None)
    assert patches.lost() == []
    if change == "attribute":
        module.double = lambda x: x
    elif change == "code":
        module.double.__code__ = module.double.__code__.replace(co_name="other")
    else:
        module.double.__closure__[0].cell_contents = lambda *_: None
    assert len(patches.lost()) == 1


def test_a_removed_hook_is_lost(patches: Patches) -> None:
    """Torch's dictionary of hooks is asked whether ours is still in it."""
    from torch.optim import optimizer

    patches.hook(optimizer.register_optimizer_step_pre_hook, lambda *_: None)
    assert patches.lost() == []
    optimizer._global_optimizer_pre_hooks.clear()
    assert patches.lost() == ["register_optimizer_step_pre_hook"]


BOUND_EARLY = (
    (torch.autograd, "backward"),
    (torch.autograd, "grad"),
    (functional, "linear"),
    (torch, "matmul"),
    (nn.utils, "clip_grad_norm_"),
    (nn.Module, "__call__"),
    (torch.optim.Optimizer, "__init__"),
)


def test_a_prepared_recorder_stays_in_place(patches: Patches) -> None:
    """What a program binds before it is recorded is what the recorder listens at."""
    Recorder(lambda _rows: None, {}, patches=patches).prepare()
    before = [getattr(owner, name) for owner, name in BOUND_EARLY]
    recorder = Recorder(lambda _rows: None, {}, patches=patches)
    recorder.install()
    recorder.finish()
    recorder.uninstall()
    assert [getattr(owner, name) for owner, name in BOUND_EARLY] == before
    assert patches.lost() == []


def test_what_has_a_door_can_be_scripted(patches: Patches) -> None:
    """TorchScript knows torch's functions by identity, and knows those in doors as well."""
    Recorder(lambda _rows: None, {}, patches=patches).prepare()
    layer, batch = nn.Linear(3, 2), torch.ones(4, 3)
    assert torch.equal(torch.jit.script(layer)(batch), layer(batch))


def test_what_has_a_door_keeps_its_name_for_torch(patches: Patches) -> None:
    """A function mode gets the genuine function, by the name that torch gives it."""
    Recorder(lambda _rows: None, {}, patches=patches).prepare()
    names = []

    class Names(torch.overrides.TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            del types
            names.append(torch.overrides.resolve_name(func))
            return func(*args, **(kwargs or {}))

    with Names():
        functional.linear(torch.ones(1, 3), torch.ones(2, 3))
        torch.matmul(torch.ones(1, 3), torch.ones(3, 2))
    assert "torch.nn.functional.linear" in names
    assert "torch.matmul" in names


def test_two_may_listen_at_one_door(patches: Patches) -> None:
    """Each hears the ends of the calls that it asked for, nested ones too; either may stop."""
    one, heard = owner(), []

    def listen(name: str, wants: Any) -> None:
        patches.around(
            one,
            "double",
            lambda args, _: True if wants(args[0]) else None,
            lambda args, _, output: heard.append((name, args[0], output)),
        )

    listen("even", lambda value: value % 2 == 0)
    listen("large", lambda value: value > 5)
    assert [one.double(value) for value in (1, 2, 7, 8)] == [2, 4, 14, 16]
    assert heard == [("even", 2, 4), ("large", 7, 14), ("even", 8, 16), ("large", 8, 16)]
    patches.around(one, "double", lambda *_: StopReplay)
    with pytest.raises(StopReplay):
        one.double(3)


def test_who_is_deaf_hears_nothing_for_a_while(patches: Patches) -> None:
    """The calls pass; of two who listen at one door, neither is deaf to what the other hears."""
    one, heard = owner(), []
    door = patches.around(one, "double", lambda args, _: heard.append(args[0]))
    door.deaf()
    assert one.double(1) == 2
    door.hear()
    assert one.double(2) == 4
    patches.around(one, "double", lambda args, _: heard.append(-args[0]))
    door.deaf()
    assert one.double(3) == 6
    assert heard == [2, 3, -3]


def test_what_is_told_directly_is_what_is_told(patches: Patches) -> None:
    """Both ends of a call with all that they have, alone and when another joins."""
    one = owner()
    told: list[Any] = []

    def tell(nothing: None, given: tuple[Any, ...]) -> bool:
        told.append((nothing, given))
        return True

    patches.directly(one, "double", tell, tell)
    ends: list[Any] = [(None, ((4,), {})), (None, ((4,), {}, 8))]
    assert one.double(4) == 8
    assert told == ends
    patches.around(one, "double", lambda *_: told.append("another"))
    assert one.double(4) == 8
    assert told == [*ends, ends[0], "another", ends[1]]
    patches.close()
    assert one.double(5) == 10
    assert told == [*ends, ends[0], "another", ends[1]]


def test_a_hook_is_told_directly_and_lets_others_join(patches: Patches) -> None:
    """The only listener gets the arguments as they came; two are told one after the other."""
    from torch.optim import optimizer

    told: list[Any] = []
    hook = optimizer.register_optimizer_step_post_hook
    patches.hook(hook, lambda *_: told.append("first"), None, lambda *_: told.append("directly"))
    steps = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1)
    steps.step()
    patches.hook(hook, lambda *_: told.append("second"))
    steps.step()
    patches.close()
    steps.step()
    assert told == ["directly", "first", "second"]
