"""The student's side of the wall: apply it, wait for the word, then answer requests.

Theory of operation. Forked from the zygote, this process closes what it inherited, puts the
wall around itself, tells the supervisor which layers stand, and waits. Only then does the
submission's text arrive. From there on every request is one frame and every answer another;
objects of the student stay here and travel as numbered references. An answer is data that
the other side judges: this process holds no reference solution, no held-out label and no
points, and nothing that it says is a verdict.

What raises while the student's code runs, inside of :meth:`Student._theirs` or of
:meth:`Program.run`, is the student's exception. Whatever else raises is ours, and is told as a
fault: whether the submission had a part in it is for the other side to find out.

The submission shares this process with us and could, with effort, change what we say (see
docs/isolation.md). What makes it an effort: our modules can't be imported, what Python tells of
frames, objects and classes is told without ours (`unseen`), what torch calls on our behalf shows
nothing (`grader.observe.opaque`), and what we need of libraries is taken beforehand.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import signal
import socket
import sys
import types
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from grader.model import IsolationPolicy, Limits
from grader.observe.opaque import opaque
from grader.observe.patching import Patches
from grader.observe.recorder import Recorder
from grader.runner import wall
from grader.runner.agreed import STOP_SIGNAL
from grader.runner.devices import CPU, Device, settings
from grader.runner.inside import beside, calling, unseen
from grader.runner.inside.answers import SUFFIXES, Answers
from grader.runner.inside.looks import look as _look
from grader.runner.inside.notebook import Notebook
from grader.runner.inside.outlook import lines_of_no_return
from grader.runner.inside.program import InvalidProgram, Program
from grader.runner.inside.served import Mnist, ServeMnist, serve, server
from grader.runner.inside.watch import Watch, keep_the_record, threads_are_watched
from grader.runner.packing import NotPlain, facts_of, is_small, pack, unpack
from grader.runner.seeds import UnseededGenerators, seed_everything
from grader.runner.wire import Channel, WireClosed

MAX_FAULT = 300
MAX_JOB = 96 << 20
"""Of what the grader sends: the longest submission that is graded, each character escaped."""

_identity = id
"""Of the object behind a number: the judge compares, so that none is exchanged for another."""


def main(argument: dict[str, Any], descriptors: list[int]) -> None:
    """Entry point of the forked child. Descriptors: stdout, stderr, the channel, data files."""
    _, _, _, *data = descriptors
    prepared(images=bool(data)).begin(argument, descriptors)


def prepared(*, images: bool) -> Student:
    """A student's process in which all is in place that is the same whatever is handed in.

    ``images`` says that data sets of images will be given.
    """
    student = Student(server(images=images))
    unseen.serve(_hide_our_modules(), (student,))
    student.prepare()
    return student


class _Theirs(BaseException):
    """The student's code raised; ``crash`` is the plain form of its exception."""

    def __init__(self, crash: dict[str, Any]) -> None:
        super().__init__()
        self.crash = crash


def _hide_our_modules() -> list[types.ModuleType]:
    """From here on ``import grader.anything`` finds nothing; the modules that are hidden by it.

    The module that the data sets are of stays, so that they can be pickled, below packages
    that have nothing else in them.
    """
    kept = Mnist.__module__
    names = [name for name in sys.modules if name.partition(".")[0] == "grader"]
    ours = [sys.modules[name] for name in names]
    for name in names:
        if name != kept:
            del sys.modules[name]
        if kept.startswith(f"{name}."):
            sys.modules[name] = empty = types.ModuleType(name)
            empty.__path__ = []
    return ours


class Student:
    """The program, the objects it made that the judge holds references to, and the recorder."""

    def __init__(self, serve_mnist: ServeMnist | None = None) -> None:
        self._serve_mnist = serve_mnist
        self._placed = CPU
        self._objects: dict[int, Any] = {}
        self._ids = itertools.count(1)
        self._notes: list[str] = []
        self._files: dict[str, tuple[str, int | None]] = {}
        self._recorder: Recorder | None = None
        self._patches = Patches()
        self._watch: Watch | None = None
        self._unseeded = UnseededGenerators()
        self._props_module: types.ModuleType | None = None

    def prepare(self) -> None:
        """Put in place what stands between torch and a program, for whichever will come."""
        serve(self._note, self._files)
        self._unseeded.serve()
        signal.signal(STOP_SIGNAL, opaque(lambda *_: self._stop()))
        self._new_recorder().prepare()  # what a program binds as it is loaded leads past us

    def begin(self, argument: dict[str, Any], descriptors: list[int]) -> None:
        """Put the wall up, take the submission, and answer until the other side hangs up."""
        stdout, stderr, channel_fd, *data = descriptors
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        plan = wall.Plan(
            **{
                **argument["plan"],
                "limits": Limits(**argument["plan"]["limits"]),
                "policy": IsolationPolicy(argument["plan"]["policy"]),
                "keep_fds": (channel_fd, *data),
                "readable": tuple(argument["plan"]["readable"]),
                "forbidden": tuple(argument["plan"]["forbidden"]),
                "gpu_files": tuple(argument["plan"]["gpu_files"]),
            }
        )
        device = Device.of(argument["device"])
        settings.announce(device)
        isolation = wall.apply(plan)
        channel = Channel(socket.socket(fileno=channel_fd), max_json=MAX_JOB)
        channel.send({"isolation": asdict(isolation), "device": settings.settle(device)})
        go, _ = channel.receive()
        channel.seal_with(bytes.fromhex(go["seal"]))
        self.take(channel, go["job"], data, device)
        self.serve()

    def take(
        self, channel: Channel, job: dict[str, Any], data: list[int], device: Device = CPU
    ) -> None:
        """Take the submission, and what goes with it."""
        self._channel = channel
        self._device = device
        self._seed = int(job["seed"])
        self._mnist = Mnist.read(data, job["data"]["mnist"]) if data else None
        self._provides = list(job["provides"])
        self._props: str | None = job["props"]
        self._program = self._make_program(job)
        if job["arguments"] is not None:
            self._program.arguments = tuple(job["arguments"])
            beside.lay(job["name"], job["modules"], job["links"], self._program.files)
        if self._mnist is not None and self._serve_mnist is not None:
            self._serve_mnist(self._mnist, self._note)

    def _make_program(self, job: dict[str, Any]) -> Program:
        cells = [(number, text) for number, text, _ in job["cells"]]
        if job["name"].lower().endswith(SUFFIXES):
            return Answers(name=job["name"], cells=cells, notes=self._notes, files=self._files)
        if job["kind"] != "notebook":
            return Program(name=job["name"], cells=cells, notes=self._notes, files=self._files)
        return Notebook(
            name=job["name"],
            cells=cells,
            notes=self._notes,
            files=self._files,
            counts={number: count for number, _, count in job["cells"]},
            limit_s=job["cell_s"],
            tell=lambda cell: self._channel.send({"cell": cell, "notes": self._notes}),
        )

    def serve(self) -> None:
        """Answer requests until the other side hangs up."""
        with contextlib.suppress(WireClosed):
            while True:
                request, blob = self._channel.receive()
                self._watch = watch = Watch() if request.get("watch") is True else None
                answer, answer_blob = self._answer(request, blob)
                head: dict[str, Any] = {"id": request["id"], "notes": self._notes}
                if watch is not None:
                    head["used"] = sorted(watch.names)
                self._channel.send({**head, **answer}, answer_blob)

    def _answer(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            for number in request.get("free", ()):  # nobody over there has these any more
                self._objects.pop(number, None)
            if "seed" in request:
                self._seed = request["seed"]
                self._seed_everything()
            answer, answer_blob = getattr(self, f"_do_{request['do']}")(request, blob)
        except InvalidProgram as error:
            return {"invalid": error.crash}, b""
        except NotPlain as error:
            return {"unplain": str(error)}, b""
        except _Theirs as error:
            return {"raised": error.crash}, b""
        except MemoryError as error:  # the memory is the student's, whoever asked for more of it
            return {"raised": self._program.describe(error)}, b""
        except BaseException as error:  # noqa: BLE001 - ours, and no reason to end the process
            return {"fault": _say(error)}, b""
        return answer, answer_blob

    @contextlib.contextmanager
    def _theirs(self) -> Iterator[None]:
        """Where the student's code runs: what raises here is theirs, and a watch looks on."""
        try:
            with self._watch or contextlib.nullcontext():
                yield
        except BaseException as error:  # noqa: BLE001 - whatever a student may raise
            raise _Theirs(self._program.describe(error)) from None

    # --- requests of a check on a module ------------------------------------------------

    def _do_load(self, request: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
        """Run the submission as a module that is imported."""
        del request
        self._placed = self._device
        settings.make_default(self._device)
        self._program.module.__name__ = "submission"
        self._program.prepare(self._provided())
        self._seed_everything()
        keep_the_record()
        threads_are_watched(opaque(lambda: self._watch))
        gc.freeze()  # what is ours by now is not among the objects that the collector lists
        crash = self._program.run()
        loaded = {"ok": self._ref(self._program.module)}
        if crash is None:
            return loaded, b""
        if isinstance(self._program, Notebook):  # what other cells define is there
            return {**loaded, "crash": crash}, b""
        return {"raised": crash}, b""

    def _do_get(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        target, name = self._arguments(request, blob)
        with self._theirs():
            value = getattr(target, name)
        return self._found(value)

    def _do_set(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        target, name, value = self._arguments(request, blob)
        with self._theirs():
            setattr(target, name, value)
        return {"ok": None}, b""

    def _do_item(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        target, key = self._arguments(request, blob)
        with self._theirs():
            value = target[key]
        return self._found(value)

    def _do_call(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        target, args, kwargs = self._arguments(request, blob)
        with self._theirs():
            result = target(*args, **kwargs)
        return self._found(result)

    def _do_put(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        """Keep a value here, so that what happens to it (its ``.grad``) can be asked for."""
        (value,) = self._arguments(request, blob)
        return {"ok": self._ref(value)}, b""

    def _do_props(self, request: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
        """The exercise's own helpers, run once as the module ``props``; no secret is in them."""
        del request
        if self._props is None:
            raise RuntimeError("this exercise has no props.py")
        if self._props_module is None:  # a "props" in sys.modules would be the submission's
            module = self._props_module = sys.modules["props"] = types.ModuleType("props")
            exec(compile(self._props, "props.py", "exec"), module.__dict__)  # noqa: S102
        return {"ok": self._ref(self._props_module)}, b""

    def _do_value(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        (target,) = self._arguments(request, blob)
        plain, answer = pack(target, ref=self._ref)
        return {"ok": plain, "at": _identity(target)}, answer

    def _do_look(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        """Everything that a call could change about these objects, and about the process."""
        (objects,) = self._arguments(request, blob)
        plain, answer = pack(_look(objects))
        return {"ok": plain}, answer

    # --- requests of a check on a training program ----------------------------------------

    def _stop(self) -> None:
        """End the training at its next step: what was recorded of it is told in full."""
        if isinstance(self._program, Notebook):
            self._program.stop()
        elif self._recorder is not None:
            self._recorder.stop()

    def _do_outlook(self, request: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
        """The lines of a script whose training decides the run, once it is ruined."""
        del request
        if isinstance(self._program, Notebook):  # its later cells run whatever happened before
            return {"ok": []}, b""
        return {"ok": lines_of_no_return(self._program.cells[0][1])}, b""

    def _do_trace(self, request: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
        """Run the submission as a script under the recorder; its events stream as they come."""
        options = dict(request["options"])
        self._seed = int(options.pop("seed"))
        pools = {}
        names = options.pop("names", None)
        calls = options.pop("calls", True)
        if self._mnist is not None:
            self._mnist.rename(names)
            pools = {"train": self._mnist.train_images, "val": self._mnist.val_images}
        provided = self._provided()
        self._program.prepare(provided)
        self._recorder = recorder = self._new_recorder(pools=pools, **options)
        if isinstance(self._program, Notebook):
            self._program.between = recorder.checkpoint
            self._program.is_busy = recorder.is_busy
        self._seed_everything()
        self._patches.renew()
        recorder.install()
        gc.freeze()
        called = None
        try:
            crash = self._program.run()
            if crash is None and calls and not recorder.trained:
                called, crash = self._call_entry_point(provided)
        finally:
            recorder.finish()
            recorder.uninstall()
        gave_up = self._program.gave_up
        plain, answer = pack({"crash": crash, "called": called, "gave_up": gave_up})
        return {"ok": plain}, answer

    def _do_trace_call(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        """Call a function under the recorder; the answer is its result, the events stream."""
        target, args, kwargs = self._arguments(request, blob)
        recorder = self._new_recorder(**request.get("options", {}))
        recorder.install()
        try:
            with self._theirs():
                result = target(*args, **kwargs)
        finally:
            recorder.finish()
            recorder.uninstall()
        return {"ok": self._ref(result)}, b""

    def _new_recorder(self, **options: Any) -> Recorder:
        return Recorder(
            emit=lambda events: self._channel.send({"events": events}),
            files=self._files,
            patches=self._patches,
            **options,
        )

    def _call_entry_point(self, provided: dict[str, Any]) -> tuple[str | None, Any]:
        """A file that only defines its training is trained by calling it."""
        entry = self._program.entry_point()
        if entry is None:
            return None, None
        name, function = entry
        there = torch.device(self._device.kind)
        namespace = {"device": there, "dev": there, **self._program.module.__dict__}
        try:
            calling.call(function, provided, namespace)
        except SystemExit as end:
            self._program.say_ended(end)
            return name, None
        except BaseException as error:  # noqa: BLE001 - whatever a student may raise
            return name, self._program.describe(error)
        return name, None

    def _do_main(self, request: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
        """The module that the program ran as: its attributes are the program's globals."""
        del request
        return {"ok": self._ref(self._program.module)}, b""

    def _do_evaluate(self, request: dict[str, Any], blob: bytes) -> tuple[dict[str, Any], bytes]:
        """A model's outputs (N, classes) for raw images (N, 28, 28), uint8; the last trained's."""
        images, model = self._arguments(request, blob)
        if self._recorder is None:
            raise RuntimeError("nothing was run yet")
        with self._theirs():
            outputs = self._recorder.evaluate(images, self._program.module.__dict__, model)
        plain, answer = pack(outputs)
        return {"ok": plain}, answer

    def _do_evaluate_start(
        self, request: dict[str, Any], blob: bytes
    ) -> tuple[dict[str, Any], bytes]:
        """The same of a model as it was before its first update."""
        images, model = self._arguments(request, blob)
        if self._recorder is None:
            raise RuntimeError("nothing was run yet")
        with self._theirs():
            outputs, is_first = self._recorder.evaluate_start(images, model)
        plain, answer = pack({"outputs": outputs, "is_first": is_first})
        return {"ok": plain}, answer

    # --- helpers ----------------------------------------------------------------------------

    def _provided(self) -> dict[str, Any]:
        if self._mnist is None or not self._provides:
            return {}
        loaders = self._mnist.loaders()
        return {name: loaders[name] for name in self._provides}

    def _seed_everything(self) -> None:
        self._unseeded.start(self._seed)
        seed_everything(self._seed)

    def _note(self, text: str) -> None:
        if text not in self._notes:
            self._notes.append(text)

    def _arguments(self, request: dict[str, Any], blob: bytes) -> Any:
        values = unpack(request["args"], blob, deref=self._kept)
        return settings.place(values, self._placed)

    def _kept(self, tag: dict[str, Any]) -> Any:
        """The object of a tag; only what came by value is moved to another device."""
        kept = self._objects[tag["id"]]
        return kept if self._placed.kind == CPU.kind else settings.Kept(kept)

    def _found(self, value: Any) -> tuple[dict[str, Any], bytes]:
        """A handle as an answer; a small value comes along, as it is mostly asked for next."""
        answer = {"ok": self._ref(value)}
        with contextlib.suppress(NotPlain):
            if is_small(value):
                answer["value"], blob = pack(value)
                return answer, blob
        return answer, b""

    def _ref(self, value: Any) -> dict[str, Any]:
        number = next(self._ids)
        self._objects[number] = value
        kind = type(value)  # isinstance() would ask the value
        tag = {"$": "ref", "id": number, "type": kind.__name__[:80], "callable": callable(value),
               "at": _identity(value)}  # fmt: skip
        if issubclass(kind, torch.Tensor):
            with contextlib.suppress(RuntimeError):  # a nested tensor has no one shape
                tag["tensor"] = facts_of(value)
        return tag


def _say(error: BaseException) -> str:
    """A fault of ours in one line: what, and in which of our lines."""
    where, traceback = "?", error.__traceback__
    while traceback is not None:
        where = f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return f"{type(error).__name__}: {str(error)[:MAX_FAULT]} ({where})"
