"""A rehearsal of a pipeline: the same program, with one epoch that is plainly the best.

The grader runs a program a second time. Its passes over data are cut short, and whenever it
evaluates its model it sees worse answers than the model gives, but for one evaluation. Training
is left alone. A pipeline that keeps its best epoch must end with the weights of that one.

In the best evaluation the last batch is answered badly, and in another one the last batch alone
is answered well: who looks at one batch takes that one for the best.
"""

import copy
import itertools
import sys
import weakref

import torch
from torch import nn
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from torch.utils.data import BatchSampler

KEPT, LOST, UNKNOWN = "kept", "lost", "unknown"
FEW = 3
"""In passes of fewer batches the last one is like the others."""

stages = []


def rehearse(best, images, batches, share=1.0):
    """Change the world in which the program is about to run."""
    stages.append(Rehearsal(best, images, batches, share))


def outcome(_):
    """How the program ended that has run in it."""
    return stages[-1].outcome()


class Course:
    """The training that one optimizer makes: how often it was evaluated, and the best weights.

    ``moments`` are the weights of its other evaluations, ``known`` the modules that were evaluated
    before its latest step.
    """

    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.evaluations = 0
        self.best = []
        self.moments = []
        self.known = []
        self.usual_looks = 0

    def weights(self):
        """All that the optimizer trains."""
        return [p for group in self.optimizer.param_groups for p in group["params"]]


class Rehearsal:
    """Makes evaluation number ``best`` (from 1) of each training the best, and then looks.

    In the others a ``share`` of the answers is worse than the model's.
    """

    def __init__(self, best, images, batches, share):
        self.best = best
        self.share = share
        self.images = images
        self.batches = batches
        self.courses = {}
        self.latest = None
        self.looked = False
        self.is_last_batch = False
        self.looks = 0
        self.running = False
        self.last_called = None
        self.trained_on = None
        self.source = None
        self.trained_sources = weakref.WeakSet()
        self.seen = []
        self.copies = []
        register_optimizer_step_pre_hook(lambda optimizer, *_: self.steps(optimizer))
        register_optimizer_step_post_hook(lambda optimizer, *_: self.stepped())
        self.shorten_passes()
        self.watch_calls()
        self.watch_copies()

    # --- what is changed in the world ----------------------------------------------------

    def shorten_passes(self):
        """A pass of a DataLoader ends after so many images, but not before a few batches."""
        original = BatchSampler.__iter__

        def first_batches(sampler):
            batches = max(self.batches, self.images // sampler.batch_size)
            return self.told(sampler, itertools.islice(original(sampler), batches))

        BatchSampler.__iter__ = first_batches

    def told(self, sampler, batches):
        """The same batches; it is noted where they come from, and when the last one is given."""
        count, ahead = 1, next(batches, None)
        while ahead is not None:
            batch, ahead = ahead, next(batches, None)
            self.source, self.is_last_batch = sampler, ahead is None and count >= FEW
            yield batch
            count += 1

    def watch_calls(self):
        """An evaluation that is not the best one gets each answer for another class."""
        original = nn.Module.__call__

        def call(module, /, *args, **kwargs):
            if self.running or not any(True for _ in module.parameters()):
                return original(module, *args, **kwargs)  # a part of a model, or a loss
            self.running = True
            try:
                output = original(module, *args, **kwargs)
            finally:
                self.running = False
            self.last_called = module
            batch = next((one for one in args if isinstance(one, torch.Tensor)), None)
            if self.is_to_train(module, batch):
                self.trained_on = batch  # kept, so that no other batch comes to lie in its place
            elif self.latest is not None and not same_batch(batch, self.trained_on):
                return self.evaluated(module, output)
            return output

        nn.Module.__call__ = call

    def is_to_train(self, module, batch):
        """Whether a call is a step's: in evaluation mode, by where the batch comes from."""
        if not torch.is_grad_enabled() or module.training:
            return torch.is_grad_enabled()
        if self.source is not None:
            return self.source in self.trained_sources
        known = batch is not None and self.trained_on is not None
        return known and len(batch) == len(self.trained_on)

    def watch_copies(self):
        """Models that are kept as copies of the whole model."""
        original = copy.deepcopy

        def deepcopy(value, *args, **kwargs):
            copied = original(value, *args, **kwargs)
            if isinstance(copied, nn.Module):
                self.copies.append(copied)
            return copied

        copy.deepcopy = deepcopy

    # --- what the program does -----------------------------------------------------------

    def evaluated(self, module, output):
        """The answer that an evaluation sees."""
        course, number = self.latest, self.latest.evaluations + 1
        self.looks += 1
        if not self.looked:
            self.seen = []
            self.remember(course, number, course.weights())
        self.looked = True
        if not any(one is module for one in self.seen):
            self.seen.append(module)
            # One that appears for a test at the end, as averages do, is at no moment of its own.
            if number == self.best or any(one is module for one in course.known):
                self.remember(course, number, module.parameters())
        if number == self.best + 1:
            return output if self.is_last_batch else worse(output, self.share)
        if number == self.best and not self.is_last_batch:
            return output
        return worse(output, self.share)

    def remember(self, course, number, weights):
        """Keep what weights are in an evaluation."""
        moments = course.best if number == self.best else course.moments
        moments.append(signature(weights))

    def steps(self, optimizer):
        """Before a step: what was looked at since the last one was an evaluation."""
        course = self.courses.get(id(optimizer))
        if course is None:
            course = self.courses[id(optimizer)] = Course(optimizer)
        elif self.looked:
            course.evaluations += 1
            course.usual_looks = max(course.usual_looks, self.looks)
            course.known += [one for one in self.seen if one not in course.known]
        if self.source is not None:
            self.trained_sources.add(self.source)
        self.latest, self.looked = course, False

    def stepped(self):
        """After a step."""
        self.looks = 0

    # --- what is left at the end ---------------------------------------------------------

    def outcome(self):
        """Whether the program ended with the weights of its best evaluation."""
        course = self.latest
        if course is None or not course.best:
            return UNKNOWN
        # After the last step: the validations of an epoch, and perhaps more looks, the test.
        # Who tests does so with the model that the pipeline is about.
        tested = 0 < course.usual_looks < self.looks
        last = [] if self.last_called is None else [self.last_called.parameters()]
        is_other = bool(last) and not owns(self.last_called, course.weights())
        candidates = [course.weights()] if not (tested and is_other) else last
        if not tested:
            named = [one for one in vars(sys.modules["__main__"]).values() if is_model(one)]
            candidates += last + [one.parameters() for one in (*self.copies, *named)]
        left = [signature(each) for each in candidates]
        if has_any(left, course.best):
            return KEPT
        # Weights that it had at no evaluation are an average of several: of those nothing is said.
        moments = [*course.best, *course.moments]
        is_told = has_any(left, course.moments) or any(is_mixed(each, moments) for each in left)
        return LOST if not self.looked or is_told else UNKNOWN


def has_any(left, moments):
    """Whether some weights that are left are those of one of these moments."""
    return any(holds(each, moment) for each in left for moment in moments)


def is_mixed(weights, moments):
    """Whether each tensor is that of one of these moments: put together of several, then."""
    had = [one for moment in moments for one in moment]
    return bool(weights) and all(any(alike(one, each) for each in had) for one in weights)


def same_batch(one, other):
    """Whether two inputs are the same batch, perhaps seen in another shape."""
    if one is None or other is None:
        return False
    return one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()


def worse(output, share):
    """A model's answer with the score of each class at the next class, in a share of its rows.

    There it is about always wrong.
    """
    if isinstance(output, torch.Tensor):
        if not output.dim():
            return output
        rows = len(output) if share == 1.0 else max(1, int(share * len(output)))
        return torch.cat([output[:rows].roll(1, -1), output[rows:]])
    if isinstance(output, (list, tuple)) and not hasattr(output, "_fields"):
        return type(output)(worse(one, share) for one in output)
    if isinstance(output, dict):
        return {key: worse(one, share) for key, one in output.items()}
    return output


def is_model(value):
    """Whether a name stands for a module, and not for its class."""
    return isinstance(value, nn.Module)


def owns(module, weights):
    """Whether a module's parameters are among those that were trained."""
    ids = {id(one) for one in weights}
    return any(id(one) in ids for one in module.parameters())


def signature(tensors):
    """What tells weights from others, whatever their order: shape, sum and length of each."""
    with torch.no_grad():
        return [
            (tuple(one.shape), float(one.double().sum()), float(one.double().norm()))
            for one in tensors
        ]


def holds(candidate, wanted):
    """Whether every tensor of ``wanted`` is in ``candidate``, up to rounding."""
    return all(any(alike(one, each) for each in candidate) for one in wanted)


def alike(one, other):
    """Whether two tensors have the same signature."""
    close = all(abs(a - b) <= 1e-5 * (1 + abs(a)) for a, b in zip(one[1:], other[1:], strict=True))
    return one[0] == other[0] and close
