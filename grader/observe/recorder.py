"""The recorder: watches a student's training from inside, and holds no opinions.

Runs in the student's process, which it must not disturb: the same numbers, the same random
stream, the same exceptions. A step of a small network takes a tenth longer at most
(``benchmarks/recorder.py``).
What it writes is the sequence of rows that `grader.schema.bits` describes; what they mean is
for `grader.trace.trace` and the rules to say, on the other side of the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.utils import clip_grad

from grader.model import Plain
from grader.observe.asking.evaluation import Evaluator
from grader.observe.backwards import Backwards
from grader.observe.facts import OBSERVERS
from grader.observe.forwards import Forwards
from grader.observe.gradients import Gradients
from grader.observe.log import Files, Log
from grader.observe.models import Models
from grader.observe.moments import Moments, Run
from grader.observe.patching import Patches
from grader.observe.products import Products
from grader.observe.slopes import Slopes
from grader.observe.sources import Sources
from grader.observe.transforms import Transforms
from grader.observe.updates import Change, Pair, Updates

CLIPPERS = (
    "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "clip_grad_norm",
)  # fmt: skip


class Recorder:
    """Records one run. ``install``, run the student's code, ``finish``, ``uninstall``.

    Args:
        emit: Takes batches of rows, plain data, as they collect.
        files: The student's compiled file names → the name shown, and the cell if any. It
            may grow while the run goes on.
        pools: Name → uint8 images (N, 28, 28) that inputs may be known by; may be empty.
        patches: The doors to listen at, which stay in place; without them, doors of its own.
        update_scale: Each update becomes ``old + update_scale * (new - old)``.
        clear_gradients: Clear what an update has consumed before the next backward pass.
        hold_rate: Each step is made at the highest rate that its optimizer has had so far.
        calm_weights: Each model begins with weights of the usual size (`grader.observe.calming`).
        cap_rate: No step is made at a higher rate than its optimizer had when this began.
        after: The first so many updates are left as they are.
        stop_after_steps: Raise `StopReplay` in the student's code after this many updates.
        slopes: Tell by how much each pass should have changed the loss (`grader.trace.descent`).
        facts: Without them, only observers that take part are there, and no image is known: a
            replay is asked for its losses alone.
    """

    def __init__(  # noqa: PLR0913 - the options of a replay
        self,
        emit: Callable[[list[Plain]], object],
        files: Files,
        pools: Mapping[str, Any] | None = None,
        *,
        patches: Patches | None = None,
        update_scale: float = 1.0,
        clear_gradients: bool = False,
        hold_rate: bool = False,
        cap_rate: bool = False,
        calm_weights: bool = False,
        after: int = 0,
        stop_after_steps: int | None = None,
        facts: bool = True,
        slopes: bool = False,
    ) -> None:
        self._log = Log(emit, files)
        self._patches = Patches() if patches is None else patches
        self._owns_patches = patches is None
        self._gradients = Gradients(clear=clear_gradients)
        self._models = Models(self._log, self._gradients)
        self._moments = Moments()
        self._sources = Sources(self._log, pools if pools and facts else {}, self._moments)
        change = Change(
            scale=update_scale,
            hold=hold_rate,
            cap=cap_rate,
            after=after,
            stop_after=stop_after_steps,
        )
        self._updates = Updates(self._log, self._gradients, self._moments, change, self._updated)
        self.run = Run(self._log, self._gradients, self._models, self._sources, self._updates)
        self._moments.begin((one for one in OBSERVERS if facts or one.takes_part), self.run)
        self._forwards = Forwards(
            self._log, self._models, self._sources, self._updates, self._moments
        )
        self._forwards.calms = calm_weights
        self._products = Products(self._log, self._gradients, self._forwards)
        self._evaluator = Evaluator(self._log, self._sources, self._forwards)
        self._forwards.on_forward = self._evaluator.saw
        self._forwards.tape = self._sources.tape
        self._backwards = Backwards(
            self._log,
            self._forwards,
            self._gradients,
            self._updates,
            self._products,
            self._evaluator,
            self._moments,
            Slopes(self._log, self._gradients, after) if slopes else None,
        )
        self._transforms = Transforms(
            self._log,
            self._gradients,
            self._models,
            self._sources,
            self._updates,
            self._forwards,
            self._backwards,
        )
        self._log.thread.is_busy = self.is_busy

    def install(self) -> None:
        """Listen at every door and hook; those that aren't there yet are put in place."""
        self._models.install(self._patches)
        self._forwards.install(self._patches)
        self._backwards.install(self._patches)
        self._updates.install(self._patches)
        self._sources.install(self._patches)
        self._transforms.install(self._patches)
        self._products.install(self._patches)
        clips, clipped = self._gradients.clips, self._gradients.clipped
        for name in CLIPPERS:
            for owner in (clip_grad, nn.utils):
                if hasattr(owner, name):
                    self._patches.around(owner, name, clips, clipped)
        self._moments.install(self._patches)
        self._methods = dict(vars(torch.Tensor))

    def prepare(self) -> None:
        """Put in place what `install` needs, and let everybody pass till then."""
        self.install()
        self._patches.close()

    def is_busy(self) -> bool:
        """Whether a pass of a model or a step of an optimizer has not returned yet."""
        return (
            self._forwards.is_inside_module()
            or self._backwards.is_running()
            or self._updates.is_stepping()
            or self._forwards.transform is not None
        )

    def _updated(self, pairs: Sequence[Pair]) -> None:
        self._evaluator.latest = pairs
        composed, count = self._evaluator.composed, self._updates.count
        is_due = count >= self._moments.next_update
        if self._forwards.goes_on() and not is_due and not composed.tape.is_left_in:
            return  # one of many, of which nothing is kept
        leaves = [leaf for leaf, _ in pairs]
        calls = self._forwards.updated(leaves)
        self._evaluator.updated(calls)
        if is_due:
            self._moments.update(leaves, count)
        if calls or composed.tape.is_left_in:
            composed.updated(calls, leaves, count)
        if self._sources.wants_steps and not composed.tape.runs:
            self._sources.wants_steps = False
            composed.tape.begin()

    def stop(self) -> None:
        """End the training at its next step, by `StopReplay`, from a handler of a signal."""
        self._updates.stop()

    def checkpoint(self) -> None:
        """Send what is recorded by the end of a cell: the next one may end the process."""
        try:
            self._updates.abandon()  # what had begun in the cell has ended with it
            self._sources.report()
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("checkpoint", error)
        self._log.flush()

    def finish(self) -> None:
        """Write down how things stand at the end, and send all that is left."""
        try:
            self._updates.look()
            self._sources.report()
            self._forwards.modes.report()
            self._moments.end()
        except Exception as error:  # noqa: BLE001 - what was recorded must still be sent
            self._log.fault("finish", error)
        lost: list[Plain] = [*self._patches.lost()]
        if self._log.faults:  # who replaces what we compute with makes us fail
            lost += self._replaced_methods()
        self._log.close(
            {
                "updates": self._updates.count,
                "unseen": self._updates.blindness.unseen,
                "lost": lost[:20],
                "faults": self._log.faults,
            }
        )

    def _replaced_methods(self) -> list[str]:
        """Tensor's own methods that are other ones now; what a program adds is its affair."""
        before, now, base = self._methods, vars(torch.Tensor), torch._C.TensorBase
        added = {name for name in now.keys() - before.keys() if hasattr(base, name)}
        changed = {name for name, method in before.items() if now.get(name) is not method}
        return sorted(f"Tensor.{name}" for name in added | changed)

    def uninstall(self) -> None:
        """Listen no more; leave torch as it was found, unless the doors are another's."""
        self._evaluator.composed.tape.leave()
        if self._owns_patches:
            self._patches.undo()
        else:
            self._patches.close()

    @property
    def trained(self) -> list[nn.Module]:
        """The root modules that an update has reached, in the order of their first forward."""
        return [model.module for model in self._models.table if model.module is not None]

    def evaluate(
        self,
        images: torch.Tensor,
        namespace: Mapping[str, Any] | None = None,
        model: nn.Module | None = None,
    ) -> torch.Tensor:
        """The logits that the trained model gives to raw images.

        Args:
            images: uint8 (N, 28, 28).
            namespace: The student's globals, for a model that is a function or an object.
            model: Whom to ask; without it the one that was trained last.

        Returns:
            float32 (N, classes), on the CPU.

        Raises:
            NothingTrained: no model was trained, or none that takes such images.
        """
        return self._evaluator.evaluate(images, namespace or {}, model)

    def evaluate_start(
        self, images: torch.Tensor, model: nn.Module | None = None
    ) -> tuple[torch.Tensor, bool]:
        """The logits that the trained module gave before its first update, or would have given.

        Args:
            images: uint8 (N, 28, 28).
            model: Whom to ask; without it the one that was trained last.

        Returns:
            float32 (N, classes), on the CPU; and whether nothing else had been trained by then.

        Raises:
            NothingTrained: no module was trained, or its first parameters were not kept.
        """
        return self._evaluator.evaluate_start(images, model)
