"""The parts of a correct training loop: how gradients are cleared, updates made, data given.

Each is a choice by itself, and all of them go with all tasks.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from composing.domains import DOMAINS
from composing.plan import Domain, Lines, Plan, pick

SHUFFLED = "DataLoader(TensorDataset(inputs, targets), batch_size={n}, shuffle=True)"
HELD = "DataLoader(TensorDataset(held_inputs, held_targets), batch_size=32)"

OWN_DATASET: Lines = (
    "class Rows(torch.utils.data.Dataset):",
    "    def __init__(self, rows, labels):",
    "        self.rows, self.labels = rows, labels",
    "",
    "    def __len__(self):",
    "        return len(self.rows)",
    "",
    "    def __getitem__(self, k):",
    "        return self.rows[k], self.labels[k]",
    "",
)
MINIBATCHES: Lines = (
    "def minibatches(rows, labels, size):",
    "    order = torch.randperm(len(rows))",
    "    for k in range(0, len(rows), size):",
    "        index = order[k:k + size]",
    "        yield rows[index], labels[index]",
    "",
)

FORMS: dict[str, tuple[Lines, str, str]] = {
    "loader": ((f"batches = {SHUFFLED}", f"held = {HELD}"), "batches", "held"),
    "loader_last_dropped": (
        (
            f"batches = {SHUFFLED[:-1]}, drop_last=True)",
            f"held = {HELD}",
        ),
        "batches",
        "held",
    ),
    "own_dataset": (
        (
            *OWN_DATASET,
            "batches = DataLoader(Rows(inputs, targets), batch_size={n}, shuffle=True)",
            "held = DataLoader(Rows(held_inputs, held_targets), batch_size=40)",
        ),
        "batches",
        "held",
    ),
    "split": (
        (
            "everything = TensorDataset(torch.cat([inputs, held_inputs]), "
            "torch.cat([targets, held_targets]))",
            "first, second = torch.utils.data.random_split(everything, "
            "[len(inputs), len(held_inputs)])",
            "batches = DataLoader(first, batch_size={n}, shuffle=True)",
            "held = DataLoader(second, batch_size=32, shuffle=False)",
        ),
        "batches",
        "held",
    ),
    "permuted": (
        MINIBATCHES,
        "minibatches(inputs, targets, {n})",
        "zip(held_inputs.split(32), held_targets.split(32))",
    ),
    "sliced": (
        ("order = torch.randperm(len(inputs))", "inputs, targets = inputs[order], targets[order]"),
        "zip(inputs.split({n}), targets.split({n}))",
        "[(held_inputs, held_targets)]",
    ),
    "listed": (
        (f"batches = list({SHUFFLED})", f"held = list({HELD})"),
        "batches",
        "held",
    ),
    "drawn": (
        (),
        "range({count})",
        "[(held_inputs, held_targets)]",
    ),
    "whole": ((), "", "[(held_inputs, held_targets)]"),
}
"""Lines, what an epoch iterates over, and what an evaluation does."""

OPTIMIZERS: dict[str, tuple[str, float]] = {
    "sgd": ("torch.optim.SGD({p}, lr={lr})", 0.1),
    "momentum": ("torch.optim.SGD({p}, lr={lr}, momentum=0.9)", 0.02),
    "nesterov": ("optim.SGD({p}, lr={lr}, momentum=0.8, nesterov=True, weight_decay=1e-4)", 0.02),
    "adam": ("torch.optim.Adam({p}, lr={lr})", 0.01),
    "adam_groups": ("optim.Adam([{{'params': {p}, 'lr': {lr}}}])", 0.008),
    "adamw": ("torch.optim.AdamW({p}, lr={lr}, weight_decay=0.01)", 0.008),
    "rmsprop": ("optim.RMSprop({p}, lr={lr})", 0.004),
    "adagrad": ("torch.optim.Adagrad({p}, lr={lr})", 0.05),
    "nadam": ("optim.NAdam(params={p}, lr={lr})", 0.008),
}

CLEARINGS: dict[str, tuple[str, str]] = {
    "first": ("clear_first", "{o}.zero_grad()"),
    "between": ("clear_between", "{o}.zero_grad()"),
    "after": ("clear_after", "{o}.zero_grad()"),
    "to_zero": ("clear_first", "{o}.zero_grad(set_to_none=False)"),
    "to_none": ("clear_between", "{o}.zero_grad(set_to_none=True)"),
    "model": ("clear_first", "{m}.zero_grad()"),
    "by_hand": ("clear_first", "for w in {m}.parameters():\n    w.grad = None"),
    "by_hand_after": (
        "clear_after",
        "for w in {m}.parameters():\n    if w.grad is not None:\n        w.grad.zero_()",
    ),
}

UPDATES = (
    "plain", "clipped", "accumulated", "bfloat16", "closure", "manual", "manual_data",
    "manual_grad", "plain", "plain",
)  # fmt: skip

SCHEDULERS: dict[str, tuple[str, str, str]] = {
    "none": ("", "", ""),
    "step": ("optim.lr_scheduler.StepLR({o}, step_size=2, gamma=0.5)", "", "{s}.step()"),
    "exponential": ("torch.optim.lr_scheduler.ExponentialLR({o}, 0.9)", "", "{s}.step()"),
    "cosine": ("optim.lr_scheduler.CosineAnnealingLR({o}, T_max={epochs})", "", "{s}.step()"),
    "one_cycle": (
        "optim.lr_scheduler.OneCycleLR({o}, max_lr={lr}, total_steps={steps}, cycle_momentum=False)",
        "{s}.step()",
        "",
    ),
    "warm_up": (
        "optim.lr_scheduler.LambdaLR({o}, lambda k: min(1.0, (k + 1) / 10))",
        "{s}.step()",
        "",
    ),
    "plateau": ("optim.lr_scheduler.ReduceLROnPlateau({o}, patience=3)", "", "{s}.step(shown)"),
}

EVALUATIONS = (
    "none", "modeless", "usual", "usual", "inference", "flag", "restored", "decorated", "train_only", "enabled",
)  # fmt: skip

LOGS: dict[str, Lines] = {
    "item": ("total += loss.item()",),
    "detached": ("total += loss.detach()",),
    "float": ("total += float(loss)",),
    "history": ("total += loss.item()", "history.append(loss.item())"),
    "weighted": ("total += loss.item() * len(y)",),
}


def drawn(draw: random.Random, wrapper: str, domain: Domain | None = None) -> Plan:
    """A correct plan, each part by chance."""
    task = domain or draw.choice(DOMAINS)
    chosen = _choices(draw, task)
    size = draw.choice([16, 24, 32])
    rows = {"segmentation": 128, "sequences": 192, "images": 192}.get(task.name, 240)
    plan = Plan(
        domain=task,
        wrapper=wrapper,
        choices=chosen,
        imports=(
            "import torch",
            "import torch.nn.functional as F",
            "from torch import nn, optim",
            "from torch.utils.data import DataLoader, TensorDataset",
        ),
        data=(f"torch.manual_seed({draw.randrange(100)})", *task.data),
        model=task.models[chosen["model"]],
        epochs=draw.choice([4, 5, 6]),
    )
    plan = _with_data(plan, size, rows)
    plan = _with_loss(plan)
    plan = _with_optimizer(plan, size, rows)
    plan = _with_clearing(plan)
    plan = _with_update(plan)
    return _with_evaluation(replace(plan, log=LOGS[chosen["log"]]))


def _choices(draw: random.Random, task: Domain) -> dict[str, str]:
    update = draw.choice(UPDATES)
    chosen = {
        "model": pick(draw, dict(task.models)),
        "loss": draw.choice(list(task.losses)),
        "form": draw.choice(list(FORMS)),
        "optimizer": draw.choice(list(OPTIMIZERS)),
        "clearing": draw.choice(list(CLEARINGS)),
        "update": update,
        "scheduler": draw.choice(list(SCHEDULERS)) if draw.random() < 0.6 else "none",
        "evaluation": draw.choice(EVALUATIONS),
        "log": draw.choice(list(LOGS)),
        "modes": draw.choice(["every_epoch", "every_batch"]),
    }
    if update == "accumulated" and not FORMS[chosen["form"]][1]:
        chosen["update"] = update = "plain"  # an epoch of one batch would never make a step
    if update == "accumulated":
        chosen["clearing"] = draw.choice(["first", "after"])
    if update.startswith("manual") or update in ("closure", "bfloat16"):
        chosen["scheduler"] = "none"
    if update == "bfloat16" and task.name in ("sequences", "language", "metric_learning"):
        chosen["update"] = "plain"  # not every operation of these is made for it
    return chosen


def _with_data(plan: Plan, size: int, rows: int) -> Plan:
    lines, batches, held = FORMS[plan.choices["form"]]
    count = max(rows // size, 4)
    fill = {"{n}": str(size), "{count}": str(count)}
    data = [_fill(line, fill) for line in lines]
    head: Lines = ()
    epochs = plan.epochs
    if plan.choices["form"] == "drawn":
        head = (
            f"index = torch.randint(0, len(inputs), ({size},))",
            "x, y = inputs[index], targets[index]",
        )
    if plan.choices["form"] == "whole":
        head, epochs = ("x, y = inputs, targets",), 60
    return replace(
        plan, data=(*plan.data, *data), batches=_fill(batches, fill), held=held,
        batch_head=head, epochs=epochs,
    )  # fmt: skip


def _with_loss(plan: Plan) -> Plan:
    made, expression = plan.domain.losses[plan.choices["loss"]]
    return replace(
        plan,
        loss_made=made,
        forward=(f"out = {plan.domain.call}",),
        loss=(f"loss = {expression}",),
        backward=("loss.backward()",),
        step=("{o}.step()",),
    )


def _with_optimizer(plan: Plan, size: int, rows: int) -> Plan:
    text, rate = OPTIMIZERS[plan.choices["optimizer"]]
    rate *= plan.domain.pace
    steps = plan.epochs * (1 if not plan.batches else max(rows // size, 1) + 20)
    fill = {"{lr}": f"{rate:g}", "{epochs}": str(plan.epochs), "{steps}": str(steps)}
    made, per_batch, per_epoch = SCHEDULERS[plan.choices["scheduler"]]
    if plan.choices["scheduler"] == "exponential" and not plan.batches:
        made = made.replace("0.9", "0.99")
    if plan.choices["scheduler"] == "step" and not plan.batches:
        made = made.replace("step_size=2", "step_size=25")
    shown = ("shown = float(loss)",) if "shown" in per_epoch else ()
    return replace(
        plan,
        optimizer=(f"{{o}} = {_fill(text, fill)}",),
        scheduler=(f"{{s}} = {_fill(made, fill)}",) if made else (),
        per_batch=(per_batch,) if per_batch else (),
        per_epoch=(*shown, per_epoch) if per_epoch else (),
    )


def _with_clearing(plan: Plan) -> Plan:
    where, text = CLEARINGS[plan.choices["clearing"]]
    lines: dict[str, Any] = {where: tuple(text.split("\n"))}
    return replace(plan, **lines)


def _with_update(plan: Plan) -> Plan:  # noqa: PLR0911 - one for each kind
    kind, rate = plan.choices["update"], f"{0.1 * plan.domain.pace:g}"
    first = [part for part in (plan.clear_first, plan.clear_between, plan.clear_after) if part]
    clear = first[0]
    if kind == "clipped":
        return replace(plan, clip=("nn.utils.clip_grad_norm_({m}.parameters(), 1.0)",))
    if kind == "accumulated":
        return _accumulated(plan)
    if kind == "bfloat16":
        inside = [f"    {line}" for line in (*plan.forward, *plan.loss)]
        head = "with torch.autocast('cpu', dtype=torch.bfloat16):"
        return replace(plan, forward=(head, *inside), loss=())
    if kind == "closure":
        inside = [f"    {line}" for line in (*clear, *plan.forward, *plan.loss, *plan.backward)]
        return replace(
            plan, clear_first=(), clear_between=(), clear_after=(),
            forward=("def closure():", *inside, "    return loss"), loss=(), backward=(),
            step=("loss = {o}.step(closure)",),
        )  # fmt: skip
    if not kind.startswith("manual"):
        return plan
    bare = replace(plan, optimizer=(), clear_first=(), clear_between=(), clear_after=())
    if kind == "manual_grad":
        return replace(
            bare,
            backward=("grads = torch.autograd.grad(loss, list({m}.parameters()))",),
            step=("with torch.no_grad():", "    for w, g in zip({m}.parameters(), grads):",
                  f"        w -= {rate} * g"),
        )  # fmt: skip
    clear = ("for w in {m}.parameters():", "    w.grad = None")
    step: Lines = (
        "with torch.no_grad():", "    for w in {m}.parameters():", f"        w -= {rate} * w.grad",
    )  # fmt: skip
    if kind == "manual_data":
        clear = ("{m}.zero_grad()",)
        step = ("for w in {m}.parameters():", f"    w.data = w.data - {rate} * w.grad")
    return replace(bare, clear_first=clear, step=step)


def _accumulated(plan: Plan) -> Plan:
    """Two batches make one step; the clearing goes with the step."""
    clear = plan.clear_first or plan.clear_after
    loss = (*plan.loss, "loss = loss / 2")
    inside = [f"    {line}" for line in ("{o}.step()", *plan.clear_after, *plan.per_batch)]
    before: Lines = ()
    if plan.clear_first:
        before = ("if seen % 2 == 0:", *(f"    {line}" for line in clear))
    return replace(
        plan, loss=loss, epoch_head=("seen = 0",), clear_first=before, clear_after=(),
        per_batch=(), step=("seen += 1", "if seen % 2 == 0:", *inside),
    )  # fmt: skip


def _with_evaluation(plan: Plan) -> Plan:
    kind = plan.choices["evaluation"]
    metric = plan.domain.metric
    loop = (
        "score, count = 0.0, 0",
        f"for x, y in {plan.held}:",
        f"    out = {plan.domain.call}",
        f"    score += float({metric}) * len(y)",
        "    count += len(y)",
        "score = score / count",
    )
    if kind in ("none", "train_only"):
        extra = ("with torch.no_grad():", f"    score = float({metric})")
        log = (*plan.log, *extra) if kind == "train_only" and "out =" in plan.forward[0] else None
        return plan if log is None else replace(plan, log=log)
    inside = [f"    {line}" for line in loop]
    if kind == "modeless" and not is_sensitive(plan):  # many a tutorial: there is nothing to change
        return replace(plan, evaluate=("with torch.no_grad():", *inside))
    head: Lines = ("{m}.eval()",)
    tail: Lines = ("{m}.train()",)
    if kind == "flag":
        head = ("{m}.train(False)",)
    if kind == "restored":
        head, tail = ("was_training = {m}.training", "{m}.eval()"), ("{m}.train(was_training)",)
    guard = {"inference": "with torch.inference_mode():", "enabled": "with torch.set_grad_enabled(False):"}  # fmt: skip
    body: Lines = (guard.get(kind, "with torch.no_grad():"), *inside)
    if kind == "usual":
        tail = ()
    every = plan.epochs if not plan.batches else 1
    mode = ("{m}.train()",)
    return replace(
        plan, evaluate=(*head, *body, *tail), call_mode=mode,
        choices={**plan.choices, "every": str(every)},
    )  # fmt: skip


SENSITIVE = ("BatchNorm", "Dropout", "dropout", "self.training", "TransformerEncoderLayer")


def is_sensitive(plan: Plan) -> bool:
    """Whether the model does something else in training than in evaluation."""
    return any(word in line for line in plan.model for word in SENSITIVE)


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text.replace("{{", "{").replace("}}", "}")
