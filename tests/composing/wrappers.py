"""Lays a plan out as a program: the same parts as a script, functions, a class, a generator."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from composing.plan import Plan


@dataclass(frozen=True)
class Names:
    """What the wrapper calls the model, the optimizer, the loss and the scheduler."""

    m: str = "model"
    o: str = "optimizer"
    c: str = "criterion"
    s: str = "scheduler"

    def fill(self, lines: Iterable[str]) -> list[str]:
        """The lines with these names in them."""
        return [
            line.replace("{p}", "{m}.parameters()")
            .replace("{m}", self.m)
            .replace("{o}", self.o)
            .replace("{c}", self.c)
            .replace("{s}", self.s)
            for line in lines
        ]


def program(plan: Plan) -> str:
    """The text of the program."""
    if plan.whole:
        return plan.whole
    lines = WRAPPERS[plan.wrapper](plan)
    head = [*plan.imports, "", *plan.data, "", "", *plan.model, "", ""]
    return "\n".join([*head, *lines]).rstrip() + "\n"


def _in(lines: Iterable[str], depth: int = 1) -> list[str]:
    return [textwrap.indent(line, "    " * depth) for line in lines]


def _objects(plan: Plan, names: Names) -> list[str]:
    made = [f"{{c}} = {plan.loss_made}"] if plan.loss_made else []
    return names.fill([*plan.build, *made, *plan.optimizer, *plan.made, *plan.scheduler])


def _epoch(plan: Plan, batch: list[str]) -> list[str]:
    """The batches of one epoch."""
    if not plan.batches:
        return batch
    over = "_" if plan.choices["form"] == "drawn" else "x, y"
    return [f"for {over} in {plan.batches}:", *_in(batch)]


def _batch(plan: Plan, names: Names) -> list[str]:
    mode = plan.call_mode if plan.choices.get("modes") == "every_batch" else ()
    return names.fill([*mode, *plan.batch])


def _training(plan: Plan, names: Names, epochs: str) -> list[str]:
    """All of the training, in one place."""
    mode = names.fill(plan.call_mode)
    evaluate = names.fill(plan.evaluate)
    if evaluate and plan.choices.get("every", "1") != "1":
        evaluate = ["if epoch % 20 == 19:", *_in(evaluate)]
    return [
        "history = []",
        f"for epoch in range({epochs}):",
        *_in(mode),
        *_in(["total = 0.0", *names.fill(plan.epoch_head)]),
        *_in(_epoch(plan, _batch(plan, names))),
        *_in(names.fill(plan.per_epoch)),
        *_in(evaluate),
        *_in(["print(epoch, float(total))"]),
        *names.fill(plan.after),
    ]


def script(plan: Plan) -> list[str]:
    """Everything at the top level."""
    names = Names(m="net", o="opt", c="loss_fn", s="sched")
    return [*_objects(plan, names), *_training(plan, names, str(plan.epochs))]


def function(plan: Plan) -> list[str]:
    """One function that gets what it needs."""
    names = Names()
    made = ["criterion"] if plan.loss_made else []
    made += ["optimizer"] if plan.optimizer else []
    made += ["scheduler"] if plan.scheduler else []
    arguments = ", ".join(["model", *made])
    return [
        f"def train({arguments}, epochs):",
        *_in(_training(plan, names, "epochs")),
        "    return history",
        "",
        "",
        *_objects(plan, names),
        f"train({arguments}, {plan.epochs})",
    ]


def main(plan: Plan) -> list[str]:
    """A main function behind the usual guard."""
    names = Names(m="net", o="optim_", c="loss_function", s="lr_scheduler")
    return [
        "def main():",
        *_in(_objects(plan, names)),
        *_in(_training(plan, names, str(plan.epochs))),
        "",
        "",
        "if __name__ == '__main__':",
        "    main()",
    ]


def two_functions(plan: Plan) -> list[str]:
    """One function an epoch and one for the evaluation; the names are globals."""
    names = Names(m="model", o="opt", c="criterion", s="scheduler")
    mode = names.fill(plan.call_mode)
    evaluate = names.fill(plan.evaluate)
    lines = [
        "def train_epoch():",
        "    total, history = 0.0, []",
        *_in([*mode, *names.fill(plan.epoch_head)]),
        *_in(_epoch(plan, _batch(plan, names))),
        *_in(names.fill(plan.per_epoch)),
        "    return total",
        "",
        "",
    ]
    if evaluate:
        lines += ["def evaluate():", *_in(evaluate), "    return score", "", ""]
    lines += [*_objects(plan, names), f"for epoch in range({plan.epochs}):"]
    lines += ["    print(epoch, float(train_epoch()))"]
    if evaluate:
        every = plan.choices.get("every", "1") != "1"
        call = ["if epoch % 20 == 19:", "    print(evaluate())"] if every else ["print(evaluate())"]
        lines += _in(call)
    return [*lines, *names.fill(plan.after)]


def trainer(plan: Plan) -> list[str]:
    """A class that owns model, optimizer and loop."""
    names = Names(m="self.model", o="self.optimizer", c="self.criterion", s="self.scheduler")
    evaluate = names.fill(plan.evaluate)
    per_epoch = names.fill(plan.per_epoch)
    lines = [
        "class Trainer:",
        "    def __init__(self):",
        *_in(_objects(plan, names), 2),
        "        self.history = []",
        "",
        "    def fit(self, epochs):",
        "        history = self.history",
        "        for epoch in range(epochs):",
        *_in(names.fill(plan.call_mode), 3),
        *_in(["total = 0.0", *names.fill(plan.epoch_head)], 3),
        *_in(_epoch(plan, _batch(plan, names)), 3),
        *_in(per_epoch, 3),
    ]
    if evaluate:
        every = plan.choices.get("every", "1") != "1"
        call = ["if epoch % 20 == 19:", "    self.evaluate()"] if every else ["self.evaluate()"]
        lines += [*_in(call, 3), *_in(names.fill(plan.after), 2), "", "    def evaluate(self):",
                  *_in(evaluate, 2), "        return score"]  # fmt: skip
    else:
        lines += _in(names.fill(plan.after), 2)
    return [*lines, "", "", "trainer = Trainer()", f"trainer.fit({plan.epochs})"]


def generator(plan: Plan) -> list[str]:
    """A generator that yields the loss of each epoch."""
    names = Names(m="net", o="opt", c="criterion", s="schedule")
    training = _training(plan, names, "epochs")
    training = [
        line.replace("print(epoch, float(total))", "yield float(total)") for line in training
    ]
    return [
        "def training(epochs):",
        *_in(_objects(plan, names)),
        *_in(training),
        "",
        "",
        f"losses = list(training({plan.epochs}))",
    ]


def stepper(plan: Plan) -> list[str]:
    """A function that makes the function of one batch."""
    names = Names(m="net", o="optimizer", c="objective", s="scheduler")
    seen = ["nonlocal seen"] if plan.choices["update"] == "accumulated" else []
    step = ["total = 0.0", "history = []", *_batch(plan, names), "return loss"]
    head = names.fill(plan.epoch_head)
    return [
        *_objects(plan, names),
        "",
        "",
        "def make_step():",
        *_in(head),
        "",
        "    def one_step(x=None, y=None):",
        *_in([*seen, *step], 2),
        "",
        "    return one_step",
        "",
        "",
        "step = make_step()",
        f"for epoch in range({plan.epochs}):",
        *_in(names.fill(plan.call_mode)),
        *_in(_stepped(plan)),
        *_in(names.fill(plan.per_epoch)),
        *_in(_evaluated(plan, names)),
        *names.fill(plan.after),
    ]


def _stepped(plan: Plan) -> list[str]:
    if not plan.batches:
        return ["loss = step()"]
    if plan.choices["form"] == "drawn":
        return [f"for _ in {plan.batches}:", "    loss = step()"]
    return [f"for x, y in {plan.batches}:", "    loss = step(x, y)"]


def _evaluated(plan: Plan, names: Names) -> list[str]:
    evaluate = names.fill(plan.evaluate)
    if evaluate and plan.choices.get("every", "1") != "1":
        return ["if epoch % 20 == 19:", *_in(evaluate)]
    return evaluate


def phases(plan: Plan) -> list[str]:
    """The training in two parts, as a notebook's author runs a cell twice."""
    names = Names()
    half = max(plan.epochs // 2, 1)
    body = _training(plan, names, str(half))
    return [*_objects(plan, names), "", *body, "", "# once more", *body]


def lightning(plan: Plan) -> list[str]:
    """A module that knows its own step, and a loop that asks for it."""
    names = Names(m="task.net", o="optimizer", c="task.loss", s="scheduler")
    inside = Names(m="self.net", o="optimizer", c="self.loss", s="scheduler")
    made = [f"self.loss = {plan.loss_made}"] if plan.loss_made else []
    splits = plan.choices["update"] in ("plain", "clipped", "manual", "manual_data", "manual_grad")
    if not splits:
        return two_functions(plan)
    asked = ["loss = task.training_step(x, y)"]
    batch = [
        *plan.batch_head, *plan.clear_first, *asked, *plan.clear_between, *plan.backward,
        *plan.clip, *plan.step, *plan.clear_after, *plan.per_batch,
        *(line for line in plan.log if "out" not in line and "no_grad" not in line),
    ]  # fmt: skip
    return [
        "class Task(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *_in(inside.fill(plan.build), 2),
        *_in(made, 2),
        "",
        "    def training_step(self, x, y):",
        *_in(inside.fill([*plan.forward, *plan.loss]), 2),
        "        return loss",
        "",
        "",
        "task = Task()",
        *names.fill([*plan.optimizer, *plan.made, *plan.scheduler]),
        "history = []",
        f"for epoch in range({plan.epochs}):",
        *_in(names.fill(plan.call_mode)),
        "    total = 0.0",
        *_in(names.fill(plan.epoch_head)),
        *_in(_epoch(plan, names.fill(batch))),
        *_in(names.fill(plan.per_epoch)),
        *_in(_evaluated(plan, names)),
        *names.fill(plan.after),
    ]


WRAPPERS = {
    "script": script,
    "function": function,
    "main": main,
    "two_functions": two_functions,
    "trainer": trainer,
    "generator": generator,
    "stepper": stepper,
    "phases": phases,
    "lightning": lightning,
}
