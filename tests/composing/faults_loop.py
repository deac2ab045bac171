"""Faults of the loop itself: clearing, order, steps, optimizers, modes, schedules."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from composing.marking import fault, is_plain, mark, mark_all, with_marks
from composing.plan import Plan

NOT_CLEARED = "gradients-not-cleared"
RATE = re.compile(r"(lr=|'lr': )([0-9.e-]+)")


def _uncleared(plan: Plan) -> Plan | None:
    if not is_plain(plan):
        return None
    bare = replace(plan, clear_first=(), clear_between=(), clear_after=())
    return with_marks(bare, NOT_CLEARED, "backward")


@fault(NOT_CLEARED)
def never(plan: Plan, draw: random.Random) -> Plan | None:
    """No line clears."""
    del draw
    return _uncleared(plan)


@fault(NOT_CLEARED)
def no_parentheses(plan: Plan, draw: random.Random) -> Plan | None:
    """The method is named and not called."""
    bare = _uncleared(plan)
    where = draw.choice(["clear_first", "clear_after"])
    if bare is None:
        return None
    line = ("{o}.zero_grad",)
    return (
        replace(bare, clear_first=line)
        if where == "clear_first"
        else replace(bare, clear_after=line)
    )


@fault(NOT_CLEARED)
def once_before(plan: Plan, draw: random.Random) -> Plan | None:
    """Before the loop."""
    del draw
    bare = _uncleared(plan)
    return None if bare is None else replace(bare, made=("{o}.zero_grad()",))


@fault(NOT_CLEARED)
def once_an_epoch(plan: Plan, draw: random.Random) -> Plan | None:
    """In the outer loop."""
    del draw
    bare = _uncleared(plan)
    if bare is None or not plan.batches or plan.wrapper == "stepper":
        return None
    return replace(bare, epoch_head=(*plan.epoch_head, "{o}.zero_grad()"))


@fault(NOT_CLEARED)
def of_another_model(plan: Plan, draw: random.Random) -> Plan | None:
    """Those of a model that isn't trained."""
    del draw
    bare = _uncleared(plan)
    if bare is None:
        return None
    return (
        replace(bare, build=(*plan.build, "other = Net()"), clear_first=("other.zero_grad()",))
        if (plan.wrapper == "script")
        else None
    )


@fault(NOT_CLEARED)
def by_hand(plan: Plan, draw: random.Random) -> Plan | None:
    """A step by hand whose gradients are never cleared."""
    del draw
    if plan.choices["update"] not in ("manual", "manual_data"):
        return None
    return with_marks(replace(plan, clear_first=()), NOT_CLEARED, "backward")


CLEARED = "gradients-cleared-before-step"


@fault(CLEARED)
def between(plan: Plan, draw: random.Random) -> Plan | None:
    """Backward, clear, step."""
    if not is_plain(plan):
        return None
    clear = draw.choice(
        [
            ("{o}.zero_grad()",),
            ("{m}.zero_grad()",),
            ("for w in {m}.parameters():", "    w.grad = None"),
        ]
    )
    bare = replace(plan, clear_first=(), clear_between=(), clear_after=(), clip=())
    marked = with_marks(bare, CLEARED, "step")
    return replace(marked, step=(*mark_all(clear, CLEARED), *marked.step))


@fault("step-before-backward")
def step_first(plan: Plan, draw: random.Random) -> Plan | None:
    """Clear, step, backward: each step finds nothing."""
    if not is_plain(plan) or plan.clip:
        return None
    rule = "step-before-backward"
    clear = draw.choice([("{o}.zero_grad()",), ("{m}.zero_grad()",)])
    bare = replace(plan, clear_first=(), clear_between=clear, clear_after=())
    marked = with_marks(bare, rule, "backward", "step")
    return replace(marked, backward=marked.step, step=marked.backward)


@fault("no-backward")
def forgotten(plan: Plan, draw: random.Random) -> Plan | None:
    """No backward pass."""
    del draw
    if not is_plain(plan) or plan.clip:
        return None
    return with_marks(replace(plan, backward=()), "no-backward", "step", "loss")


@fault("no-backward")
def not_called(plan: Plan, draw: random.Random) -> Plan | None:
    """Named and not called."""
    del draw
    if not is_plain(plan) or plan.clip:
        return None
    return with_marks(
        replace(plan, backward=("loss.backward",)), "no-backward", "step", "loss", "backward"
    )


@fault("no-step")
def step_forgotten(plan: Plan, draw: random.Random) -> Plan | None:
    """No step."""
    del draw
    if not is_plain(plan) or plan.scheduler:
        return None
    return with_marks(replace(plan, step=()), "no-step", "backward", "optimizer")


@fault("no-step")
def step_not_called(plan: Plan, draw: random.Random) -> Plan | None:
    """Named and not called."""
    del draw
    if not is_plain(plan) or plan.scheduler:
        return None
    return with_marks(replace(plan, step=("{o}.step",)), "no-step", "backward", "optimizer", "step")


OTHER = "optimizer-over-other-parameters"


@fault(OTHER)
def another_model(plan: Plan, draw: random.Random) -> Plan | None:
    """An optimizer over the parameters of a model made just for it."""
    del draw
    if not is_plain(plan) or plan.clip:
        return None
    lines = tuple(line.replace("{p}", "Net().parameters()") for line in plan.optimizer)
    return with_marks(replace(plan, optimizer=lines), OTHER, "optimizer", "step")


@fault(OTHER)
def model_made_later(plan: Plan, draw: random.Random) -> Plan | None:
    """The model is made anew behind the optimizer's back."""
    del draw
    if not is_plain(plan) or plan.clip or plan.wrapper == "lightning":
        return None
    return with_marks(replace(plan, made=("{m} = Net()",)), OTHER, "optimizer", "step", "made")


@fault(OTHER)
def head_exchanged(plan: Plan, draw: random.Random) -> Plan | None:
    """The last layer is exchanged after the optimizer was made."""
    del draw
    sizes = {"clusters/stack": "[2] = nn.Linear(32, 4)", "images/plain": "[4] = nn.Linear(128, 5)",
             "clusters/dropped": ".fc2 = nn.Linear(64, 4)", "images/normed": ".fc = nn.Linear(16, 5)",
             "regression/stack": "[2] = nn.Linear(32, 1)", "sequences/lstm": ".head = nn.Linear(16, 2)"}  # fmt: skip
    head = sizes.get(f"{plan.domain.name}/{plan.choices['model']}")
    if head is None or not is_plain(plan) or plan.wrapper == "lightning":
        return None
    return with_marks(replace(plan, made=("{m}" + head,)), OTHER, "optimizer", "step", "made")


@fault("parameters-frozen")
def all_but_the_head(plan: Plan, draw: random.Random) -> Plan | None:
    """Switched off before the training, by a loop over too many."""
    del draw
    if not is_plain(plan, "clusters", "images", "regression") or plan.choices["model"] in (
        "linear",
        "own_parameters",
    ):
        return None
    lines = ("for w in list({m}.parameters())[:2]:", "    w.requires_grad = False")
    return with_marks(
        replace(plan, build=(*plan.build, *lines)), "parameters-frozen", "build", "optimizer"
    )


@fault("clip-after-step")
def clipped_late(plan: Plan, draw: random.Random) -> Plan | None:
    """The gradients are clipped when they have been used."""
    if plan.choices["update"] != "clipped":
        return None
    rule = "clip-after-step"
    clip = draw.choice(
        [
            "nn.utils.clip_grad_norm_({m}.parameters(), 0.1)",
            "torch.nn.utils.clip_grad_value_({m}.parameters(), 0.01)",
        ]
    )
    return replace(plan, clip=(), step=(*plan.step, mark(clip, rule)))


@fault("scheduler-before-optimizer")
def schedule_first(plan: Plan, draw: random.Random) -> Plan | None:
    """The schedule is stepped first."""
    del draw
    if not is_plain(plan) or not plan.per_batch:
        return None
    rule = "scheduler-before-optimizer"
    return replace(plan, per_batch=(), clip=(*plan.clip, mark(plan.per_batch[0], rule)))


@fault("scheduler-per-batch")
def per_batch(plan: Plan, draw: random.Random) -> Plan | None:
    """A schedule made for epochs, stepped after each batch."""
    if not is_plain(plan) or not plan.batches or not plan.optimizer:
        return None
    rule = "scheduler-per-batch"
    made = draw.choice(["optim.lr_scheduler.StepLR({o}, step_size=2, gamma=0.1)",
                        "torch.optim.lr_scheduler.ExponentialLR({o}, gamma=0.5)",
                        "optim.lr_scheduler.MultiStepLR({o}, milestones=[2, 4], gamma=1e-3)"])  # fmt: skip
    return replace(
        plan,
        scheduler=(mark(f"{{s}} = {made}", rule),),
        per_epoch=(),
        per_batch=(mark("{s}.step()", rule),),
    )


@fault("scheduler-never-stepped")
def never_stepped(plan: Plan, draw: random.Random) -> Plan | None:
    """Made, and forgotten."""
    del draw
    if not is_plain(plan) or not plan.scheduler or plan.choices["scheduler"] == "plateau":
        return None
    return with_marks(
        replace(plan, per_batch=(), per_epoch=()), "scheduler-never-stepped", "scheduler"
    )


@fault("optimizer-made-anew")
def anew_each_batch(plan: Plan, draw: random.Random) -> Plan | None:
    """In the loop over batches, so that what it remembers is lost."""
    del draw
    if not is_plain(plan) or plan.scheduler or plan.choices["optimizer"] == "sgd":
        return None
    rule = "optimizer-made-anew"
    return (
        replace(
            plan,
            clear_first=(
                *mark_all(plan.optimizer, rule),
                *(plan.clear_first or ("{o}.zero_grad()",)),
            ),
        )
        if (plan.wrapper in ("script", "function", "main", "trainer", "generator"))
        else None
    )


@fault("optimizer-made-anew")
def anew_each_epoch(plan: Plan, draw: random.Random) -> Plan | None:
    """In the loop over epochs."""
    del draw
    if (
        not is_plain(plan)
        or plan.scheduler
        or not plan.batches
        or plan.choices["optimizer"] == "sgd"
    ):
        return None
    if plan.wrapper not in ("script", "function", "main", "trainer", "generator"):
        return None
    rule = "optimizer-made-anew"
    return replace(plan, epoch_head=(*plan.epoch_head, *mark_all(plan.optimizer, rule)))


@fault("model-made-anew")
def model_each_epoch(plan: Plan, draw: random.Random) -> Plan | None:
    """Model and optimizer, in the loop over epochs: only the last epoch counts."""
    del draw
    if not is_plain(plan) or plan.scheduler or not plan.batches:
        return None
    if plan.wrapper not in ("script", "function", "main", "trainer", "generator"):
        return None
    rule = "model-made-anew"
    lines = (*mark_all(plan.build, rule), *mark_all(plan.optimizer, rule))
    return replace(plan, epoch_head=(*lines, *plan.epoch_head))


@fault("gradient-ascent")
def negated(plan: Plan, draw: random.Random) -> Plan | None:
    """The loss has the wrong sign."""
    if not is_plain(plan, "clusters", "images", "regression", "sequences", "forecast", "language"):
        return None
    rule = "gradient-ascent"
    kind = draw.choice(["loss", "backward"])
    if kind == "loss":
        return with_marks(
            replace(plan, loss=(*plan.loss, "loss = -loss")),
            rule,
            "loss",
            "backward",
            "optimizer",
            "step",
        )
    return with_marks(
        replace(plan, backward=("(-loss).backward()",)), rule, "backward", "optimizer", "step"
    )


@fault("gradient-ascent")
def added(plan: Plan, draw: random.Random) -> Plan | None:
    """A step by hand that adds."""
    del draw
    if plan.choices["update"] not in ("manual", "manual_grad"):
        return None
    step = tuple(line.replace("-=", "+=") for line in plan.step)
    return with_marks(replace(plan, step=step), "gradient-ascent", "step", "backward")


@fault("gradient-ascent")
def maximized(plan: Plan, draw: random.Random) -> Plan | None:
    """An option of the optimizer's."""
    del draw
    if not is_plain(
        plan, "clusters", "images", "regression", "sequences", "forecast"
    ) or plan.choices["optimizer"] not in ("sgd", "momentum", "adam"):
        return None
    lines = tuple(f"{line[:-1]}, maximize=True)" for line in plan.optimizer)
    return with_marks(
        replace(plan, optimizer=lines), "gradient-ascent", "optimizer", "backward", "step"
    )


@fault("update-rebinds-name")
def rebound(plan: Plan, draw: random.Random) -> Plan | None:
    """The name of the loop gets the new value, and the parameter doesn't."""
    if plan.choices["update"] != "manual":
        return None
    rule = "update-rebinds-name"
    text = draw.choice(
        [
            "w = w - 0.1 * w.grad",
            "w = (w - 0.1 * w.grad).requires_grad_()",
            "w = torch.sub(w, w.grad, alpha=0.1)",
        ]
    )
    lines = (
        "with torch.no_grad():",
        "    for w in {m}.parameters():",
        mark(f"        {text}", rule),
    )
    return with_marks(replace(plan, step=lines), rule, "backward")


# --- the learning rate --------------------------------------------------------------------------


def _rated(plan: Plan, factor: float) -> Plan | None:
    """The plan with its optimizer's rate multiplied."""
    if not is_plain(plan) or plan.scheduler or not plan.optimizer:
        return None
    line = plan.optimizer[0]
    found = RATE.search(line)
    assert found is not None
    return replace(
        plan,
        optimizer=(f"{line[: found.start(2)]}{float(found[2]) * factor:g}{line[found.end(2) :]}",),
    )


HIGH = "learning-rate-too-high"


@fault(HIGH)
def far_too_high(plan: Plan, draw: random.Random) -> Plan | None:
    """By some factors of ten, in a network that it ruins."""
    deep = {
        "images/normed",
        "images/plain",
        "regression/deep",
        "regression/stack",
        "autoencoder/stack",
        "autoencoder/two_parts",
        "clusters/residual",
        "forecast/stack",
    }
    if f"{plan.domain.name}/{plan.choices['model']}" not in deep:
        return None
    if plan.choices["optimizer"] not in ("sgd", "momentum", "adam", "adamw") or plan.clip:
        return None
    is_shallow = plan.domain.name == "regression" and plan.choices["model"] == "stack"
    if is_shallow and plan.choices["optimizer"] in ("adam", "adamw"):
        return None  # one hidden layer, as random as it becomes, is enough for those
    made = _rated(plan, draw.choice([1000.0, 3000.0]))
    return None if made is None else with_marks(made, HIGH, "optimizer")


@fault("learning-rate-too-low")
def far_too_low(plan: Plan, draw: random.Random) -> Plan | None:
    """So low that nothing moves."""
    if (
        plan.domain.name not in ("clusters", "images", "regression", "binary", "forecast")
        or not plan.batches
    ):
        return None
    made = _rated(plan, draw.choice([1e-7, 1e-8]))
    return None if made is None else with_marks(made, "learning-rate-too-low", "optimizer")


@fault("learning-rate-grows")
def growing(plan: Plan, draw: random.Random) -> Plan | None:
    """A schedule the wrong way round."""
    if (
        not is_plain(plan, "images", "regression", "autoencoder", "clusters")
        or not plan.batches
        or plan.clip
    ):
        return None
    if plan.choices["optimizer"] not in ("sgd", "momentum") or plan.choices["model"] == "linear":
        return None
    rule = "learning-rate-grows"
    made = draw.choice(
        [
            "optim.lr_scheduler.ExponentialLR({o}, gamma=1.3)",
            "optim.lr_scheduler.StepLR({o}, step_size=4, gamma=4.0)",
        ]
    )
    return replace(plan, scheduler=(mark(f"{{s}} = {made}", rule),), per_epoch=(), per_batch=("{s}.step()",),
                   optimizer=mark_all(plan.optimizer, rule))  # fmt: skip


# --- evaluation -----------------------------------------------------------------------------------

TRAINING = "validation-in-train-mode"
SENSITIVE = {
    "clusters/normed",
    "clusters/dropped",
    "clusters/functional",
    "images/normed",
    "images/dropped",
    "binary/dropped",
    "regression/normed",
    "sequences/transformer",
}


def _is_sensitive(plan: Plan) -> bool:
    return f"{plan.domain.name}/{plan.choices['model']}" in SENSITIVE and plan.choices[
        "update"
    ] in (*["plain", "clipped", "manual", "accumulated"],)


def _evaluation(plan: Plan) -> bool:
    return bool(plan.evaluate) and plan.choices["form"] != "whole"


@fault(TRAINING)
def no_eval(plan: Plan, draw: random.Random) -> Plan | None:
    """The mode is never changed, or only named, or changed the wrong way."""
    if not _is_sensitive(plan) or not _evaluation(plan):
        return None
    new = draw.choice(["", "{m}.eval", "{m}.train()"])
    lines = []
    for line in plan.evaluate:
        if line in ("{m}.eval()", "{m}.train(False)"):
            lines += [new] if new else []
        else:
            lines.append(mark(line, TRAINING) if "out = " in line else line)
    return replace(plan, evaluate=tuple(lines))


TRACKS = "validation-tracks-gradients"


@fault(TRACKS)
def no_guard(plan: Plan, draw: random.Random) -> Plan | None:
    """Neither no_grad nor inference_mode."""
    del draw
    if not is_plain(plan) or not _evaluation(plan):
        return None
    lines = []
    for line in plan.evaluate:
        if line.startswith("with torch."):
            continue
        own = line.removeprefix("    ") if line.startswith("    ") else line
        own = (
            own.replace("score += float(", "score += float((").replace(
                ") * len(y)", ").detach()) * len(y)"
            )
            if "score +=" in own
            else own
        )
        lines.append(mark(own, TRACKS) if "out = " in own else own)
    return replace(plan, evaluate=tuple(lines))


STUCK = "training-in-evaluation-mode"


@fault(STUCK)
def not_restored(plan: Plan, draw: random.Random) -> Plan | None:
    """After the first evaluation the model stays as it is."""
    del draw
    if (
        not _is_sensitive(plan)
        or not _evaluation(plan)
        or plan.choices["update"] not in ("plain", "clipped")
    ):
        return None
    lines = tuple(
        line for line in plan.evaluate if line not in ("{m}.train()", "{m}.train(was_training)")
    )
    return with_marks(
        replace(plan, call_mode=(), evaluate=lines), STUCK, "forward", "backward", "loss"
    )


@fault("dropout-in-evaluation")
def always(plan: Plan, draw: random.Random) -> Plan | None:
    """A function of dropout that isn't told the mode."""
    if (
        plan.domain.name != "clusters"
        or plan.choices["model"] != "functional"
        or not _evaluation(plan)
    ):
        return None
    rule = "dropout-in-evaluation"
    new = draw.choice(
        ["F.dropout(F.relu(self.fc1(x)), 0.2)", "nn.Dropout(0.2)(F.relu(self.fc1(x)))"]
    )
    old = "h = F.dropout(F.relu(self.fc1(x)), 0.2, training=self.training)"
    return replace(
        plan, model=tuple(line.replace(old, mark(f"h = {new}", rule)) for line in plan.model)
    )


# --- what is kept ---------------------------------------------------------------------------------


@fault("graph-kept")
def summed_up(plan: Plan, draw: random.Random) -> Plan | None:
    """A running sum that keeps every graph."""
    if not is_plain(plan) or not plan.batches or plan.wrapper == "stepper":
        return None
    rule = "graph-kept"
    line = draw.choice(["total += loss", "total = total + loss", "history.append(loss)"])
    return replace(plan, log=(mark(line, rule),))


@fault("graph-kept")
def total_backward(plan: Plan, draw: random.Random) -> Plan | None:
    """The graph is kept for no reason, or for a sum over all batches so far."""
    if not is_plain(plan):
        return None
    rule = "graph-kept"
    if draw.random() < 0.5 or not plan.batches or plan.wrapper == "stepper":
        return with_marks(
            replace(plan, backward=("loss.backward(retain_graph=True)",)), rule, "backward"
        )
    lines = ("total = total + loss", "total.backward(retain_graph=True)")
    return (
        with_marks(replace(plan, log=(), backward=lines), rule, "backward")
        if plan.choices["optimizer"] == "sgd"
        else None
    )


@fault("best-weights-aliased")
def kept_as_alias(plan: Plan, draw: random.Random) -> Plan | None:
    """The best state is a view of the weights that go on changing."""
    if (
        not is_plain(plan)
        or plan.wrapper not in ("script", "function", "main", "generator")
        or not plan.batches
    ):
        return None
    rule = "best-weights-aliased"
    if draw.random() < 0.5:
        lines = (
            "if epoch == 0 or total < best:",
            mark("    best, kept = total, {m}.state_dict()", rule),
        )
        after = (mark("{m}.load_state_dict(kept)", rule),)
    else:
        lines = (
            "if epoch == 0 or total < best:",
            mark("    best, kept = total, dict({m}.named_parameters())", rule),
        )
        after = (mark("{m}.load_state_dict(kept, strict=False)", rule),)
    log = ("total += loss.item()",)
    return replace(plan, log=log, per_epoch=(*plan.per_epoch, *lines), after=after)
