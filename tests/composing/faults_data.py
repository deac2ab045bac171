"""Faults of the data: what is trained on, in which order, with which labels; and what is counted."""

from __future__ import annotations

import random
from dataclasses import replace

from composing.marking import PLAIN, fault, is_plain, mark, mark_all, with_marks
from composing.plan import Lines, Plan

CLASSES = ("clusters", "images", "sequences")
LOADERS = ("loader", "own_dataset", "loader_last_dropped")


def _data(plan: Plan, lines: Lines, rule: str) -> Plan:
    """The plan with more done to its data before it is given out."""
    at = len(plan.domain.data) + 1
    return replace(plan, data=(*plan.data[:at], *mark_all(lines, rule), *plan.data[at:]))


def _marked_batches(plan: Plan, rule: str) -> Plan:
    lines = tuple(
        mark(line, rule) if "atches" in line or "held =" in line else line for line in plan.data
    )
    return with_marks(replace(plan, data=lines), rule, "forward", "backward")


@fault("labels-shuffled-apart")
def two_orders(plan: Plan, draw: random.Random) -> Plan | None:
    """Rows and labels are put into two orders."""
    if not is_plain(plan, *CLASSES, "regression"):
        return None
    lines: Lines = draw.choice([
        ("inputs = inputs[torch.randperm(len(inputs))]",),
        ("inputs, targets = inputs[torch.randperm(len(inputs))], targets[torch.randperm(len(targets))]",),
        ("targets = targets[torch.randperm(len(targets))]",),
    ])  # fmt: skip
    rule = "labels-shuffled-apart"
    return _marked_batches(_data(plan, lines, rule), rule)


@fault("labels-off-by-one")
def counted_from_one(plan: Plan, draw: random.Random) -> Plan | None:
    """Labels from 1 to C for outputs from 0 to C."""
    if plan.domain.name != "clusters" or plan.choices["model"] != "stack" or not is_plain(plan):
        return None
    if plan.choices["loss"] not in ("module", "functional", "nll"):
        return None
    del draw
    rule = "labels-off-by-one"
    made = _data(plan, ("targets, held_targets = targets + 1, held_targets + 1",), rule)
    model = tuple(
        mark(line.replace("nn.Linear(32, 4)", "nn.Linear(32, 5)"), rule)
        if "nn.Linear(32, 4)" in line
        else line
        for line in made.model
    )
    return with_marks(replace(made, model=model), rule, "loss", "backward")


@fault("trained-on-held-out")
def held_out_too(plan: Plan, draw: random.Random) -> Plan | None:
    """A second pass, over the data that is measured on."""
    del draw
    if plan.choices["form"] not in LOADERS or not is_plain(plan) or not plan.evaluate:
        return None
    rule = "trained-on-held-out"
    made = replace(plan, batches="[*batches, *held]")
    return with_marks(made, rule, "forward", "backward", "step")


@fault("trained-on-held-out")
def step_in_validation(plan: Plan, draw: random.Random) -> Plan | None:
    """The validation loop makes steps as well."""
    del draw
    rule = "trained-on-held-out"
    if plan.choices["form"] not in LOADERS or not is_plain(plan) or not plan.evaluate or plan.clip:
        return None
    if plan.wrapper == "lightning":
        return None
    clear = ("{o}.zero_grad()",)  # before, and after: nothing is left over for the training
    more = (*plan.loss, *clear, *plan.backward, *plan.step, *clear)
    lines: list[str] = []
    for line in plan.evaluate:
        own = line.removeprefix("    ")
        if line.startswith("with torch."):
            continue
        if own.startswith("    score +="):
            lines += [f"    {mark(one, rule)}" for one in more]
            own = own.replace("score += float(", "score += float((").replace(
                ") * len(y)", ").detach()) * len(y)"
            )
        lines.append(
            mark(own, rule) if "out = " in own else own if line.startswith("    ") else line
        )
    return replace(plan, evaluate=tuple(lines))


@fault("splits-overlap")
def two_draws(plan: Plan, draw: random.Random) -> Plan | None:
    """Both parts are drawn at random, each by itself."""
    if plan.choices["form"] != "split" or not is_plain(plan) or not plan.evaluate:
        return None
    rule = "splits-overlap"
    whole = "torch.utils.data.random_split(everything, [len(inputs), len(held_inputs)])"
    new = draw.choice([
        (f"first, second = {whole}[0], {whole}[1]",),
        ("order = torch.randperm(len(everything))", "first = torch.utils.data.Subset(everything, order[:len(inputs)])",
         "second = torch.utils.data.Subset(everything, torch.randperm(len(everything))[len(inputs):])"),
    ])  # fmt: skip
    data: list[str] = []
    for line in plan.data:
        data += mark_all(new, rule) if line.startswith("first, second") else (line,)
    evaluate = tuple(
        mark(line, rule) if "out = " in line or "for x" in line else line for line in plan.evaluate
    )
    return replace(plan, data=tuple(data), evaluate=evaluate)


@fault("same-data-for-both")
def one_set(plan: Plan, draw: random.Random) -> Plan | None:
    """The validation measures on what was trained on."""
    if plan.choices["form"] not in LOADERS or not is_plain(plan) or not plan.evaluate:
        return None
    rule = "same-data-for-both"
    if draw.random() < 0.5:
        lines = tuple(
            mark("held = batches", rule) if line.startswith("held = ") else line
            for line in plan.data
        )
    else:
        lines = tuple(
            mark(line.replace("held_inputs", "inputs").replace("held_targets", "targets"), rule)
            if line.startswith("held = ")
            else line
            for line in plan.data
        )
    evaluate = tuple(
        mark(line, rule) if "out = " in line or "for x" in line else line for line in plan.evaluate
    )
    return replace(plan, data=lines, evaluate=evaluate)


@fault("splits-overlap")
def rows_in_both(plan: Plan, draw: random.Random) -> Plan | None:
    """A part of the held-out rows is trained on."""
    if plan.choices["form"] not in LOADERS or not is_plain(plan) or not plan.evaluate:
        return None
    if plan.domain.name in ("ratings", "language"):
        return None  # pairs of a few numbers are alike by nature
    rule = "splits-overlap"
    k = draw.choice([20, 30])
    lines = (
        f"held_inputs = torch.cat([held_inputs[:{k}], inputs[:{k}]])",
        f"held_targets = torch.cat([held_targets[:{k}], targets[:{k}]])",
    )
    made = _data(plan, lines, rule)
    evaluate = tuple(
        mark(line, rule) if "out = " in line or "for x" in line else line for line in made.evaluate
    )
    data = tuple(mark(line, rule) if line.startswith("held =") else line for line in made.data)
    return replace(made, evaluate=evaluate, data=data)


AUGMENTED = "augmentation-in-validation"


def _augmented(plan: Plan, lines: Lines, data: Lines) -> Plan | None:
    """The plan with other data, and a validation each epoch, marked."""
    if not is_plain(plan, *CLASSES) or not plan.evaluate:
        return None
    evaluate = tuple(
        mark(line, AUGMENTED) if "out = " in line or "for x" in line else line
        for line in plan.evaluate
    )
    return replace(plan, imports=(*plan.imports, *lines), data=data, evaluate=evaluate)


@fault(AUGMENTED)
def flipped_for_both(plan: Plan, draw: random.Random) -> Plan | None:
    """A data set with random transforms of torchvision's, for training and validation alike."""
    if plan.domain.name != "images" or plan.choices["form"] != "own_dataset":
        return None
    made = draw.choice([
        "T.Compose([T.RandomHorizontalFlip(), T.RandomVerticalFlip()])",
        "T.RandomCrop(8, padding=1)",
        "nn.Sequential(T.RandomRotation(15), T.RandomErasing(p=0.3))",
    ])  # fmt: skip
    own = "        self.rows, self.labels = rows, labels"
    data: list[str] = []
    for line in plan.data:
        data.append(line.replace("self.rows[k], ", "self.change(self.rows[k]), "))
        if line.endswith(own.strip()):
            data.append(mark(f"        self.change = {made}", AUGMENTED))
    return _augmented(plan, ("from torchvision import transforms as T",), tuple(data))


@fault(AUGMENTED)
def noise_for_both(plan: Plan, draw: random.Random) -> Plan | None:
    """A data set of one's own that adds noise to each row, also to those held out."""
    if plan.choices["form"] != "own_dataset":
        return None
    new = draw.choice(["self.rows[k] + 0.1 * torch.randn_like(self.rows[k]), ",
                       "self.rows[k] * (0.8 + 0.4 * torch.rand(1)), "])  # fmt: skip
    data = tuple(
        mark(line.replace("self.rows[k], ", new), AUGMENTED) if "self.rows[k], " in line else line
        for line in plan.data
    )
    return _augmented(plan, (), data)


@fault(AUGMENTED)
def split_afterwards(plan: Plan, draw: random.Random) -> Plan | None:
    """One data set with a random transform, which is split in two."""
    if plan.choices["form"] != "split" or plan.domain.name not in ("images", "clusters"):
        return None
    kind = (
        "T.RandomErasing()"
        if plan.domain.name == "images"
        else "T.RandomApply([lambda x: x.flip(0)])"
    )
    kind = draw.choice([kind, "T.RandomApply([lambda x: 0.9 * x], p=0.6)"])
    lines = ("class Changed(TensorDataset):", "    change = None", "",
             "    def __getitem__(self, k):", "        x, y = super().__getitem__(k)",
             "        return self.change(x), y", "")  # fmt: skip
    data: list[str] = []
    for line in plan.data:
        data.append(line.replace("everything = TensorDataset(", "everything = Changed("))
        if line.startswith("everything"):
            data[-1:] = [*lines, data[-1], mark(f"everything.change = {kind}", AUGMENTED)]
    return _augmented(plan, ("from torchvision import transforms as T",), tuple(data))


NORMALISED = "inputs-normalised-twice"


def _normalised(plan: Plan, transform: str, lines: Lines) -> Plan | None:
    """Pictures from 0 to 1 that their data set normalises, and the loop perhaps again."""
    if not is_plain(plan, "images") or plan.choices["form"] != "own_dataset":
        return None
    data: list[str] = []
    for line in plan.data:
        if line.startswith("class Rows"):
            data += ["inputs, held_inputs = inputs.clamp(0, 1), held_inputs.clamp(0, 1)", ""]
        data.append(line.replace("self.rows[k], ", "self.change(self.rows[k]), "))
        if line.endswith("self.rows, self.labels = rows, labels"):
            data.append(f"        self.change = {transform}")
    made = replace(plan, imports=(*plan.imports, "from torchvision import transforms as T"),
                   data=tuple(data), forward=(*lines, *plan.forward))  # fmt: skip
    return with_marks(made, NORMALISED, "forward")


@fault(NORMALISED)
def again_by_hand(plan: Plan, draw: random.Random) -> Plan | None:
    """The loop normalises what the data set has normalised."""
    transform, line = draw.choice([
        ("T.Normalize(0.5, 0.25)", "x = (x - 0.5) / 0.25"),
        ("T.Compose([T.Normalize((0.1307,), (0.3081,))])", "x = x.sub(0.1307).div(0.3081)"),
    ])  # fmt: skip
    return _normalised(plan, transform, (line,))


@fault(NORMALISED)
def again_by_function(plan: Plan, draw: random.Random) -> Plan | None:
    """The loop has the same transform for the whole batch."""
    line = draw.choice(["x = T.Normalize([0.5], [0.5])(x)",
                        "x = T.functional.normalize(x, [0.5], [0.5])"])  # fmt: skip
    return _normalised(plan, "T.Normalize([0.5], [0.5])", (line,))


@fault(NORMALISED)
def twice_in_a_row(plan: Plan, draw: random.Random) -> Plan | None:
    """The transforms of the data set do it twice."""
    one = draw.choice(["T.Normalize(0.5, 0.25)", "T.Normalize((0.4,), (0.3,))"])
    return _normalised(plan, f"T.Compose([{one}, T.RandomHorizontalFlip(0), {one}])", ())


@fault("data-sorted")
def by_class(plan: Plan, draw: random.Random) -> Plan | None:
    """One class after the other, and no shuffling."""
    if plan.choices["form"] not in LOADERS or not is_plain(plan, "clusters", "images"):
        return None
    rule = "data-sorted"
    made = _data(
        plan, ("order = targets.argsort()", "inputs, targets = inputs[order], targets[order]"), rule
    )
    new = draw.choice(["shuffle=False", "shuffle=0"])
    data = tuple(
        mark(line.replace("shuffle=True", new), rule) if "shuffle=True" in line else line
        for line in made.data
    )
    return with_marks(replace(made, data=data), rule, "forward")


@fault("inputs-unscaled")
def raw_pixels(plan: Plan, draw: random.Random) -> Plan | None:
    """Numbers up to thousands go into the network as they are, and nothing in it makes them small."""
    if not is_plain(plan, "clusters", "regression", "images"):
        return None
    if plan.choices["model"] in ("normed", "residual"):
        return None
    rule = "inputs-unscaled"
    factor = draw.choice(["255 *", "1000 *"])
    made = _data(plan, (f"inputs, held_inputs = {factor} inputs, {factor} held_inputs",), rule)
    return with_marks(made, rule, "forward", "optimizer", "backward")


@fault("sum-reduction-at-mean-rate")
def summed(plan: Plan, draw: random.Random) -> Plan | None:
    """A sum over the batch, at the rate of its mean."""
    if not is_plain(plan, "clusters", "images", "regression") or plan.scheduler or plan.clip:
        return None
    if plan.choices["optimizer"] not in ("sgd", "momentum"):
        return None
    rule = "sum-reduction-at-mean-rate"
    if plan.domain.name == "regression":
        made, text = draw.choice(
            [("nn.MSELoss(reduction='sum')", "{c}(out, y)"), ("", "((out - y) ** 2).sum()")]
        )
    else:
        made, text = draw.choice(
            [
                ("nn.CrossEntropyLoss(reduction='sum')", "{c}(out, y)"),
                ("", "F.cross_entropy(out, y, reduction='sum')"),
            ]
        )
    changed = replace(
        plan, loss_made=f"{made}  # finding: {rule}" if made else "", loss=(f"loss = {text}",)
    )
    return with_marks(changed, rule, "loss", "optimizer", "backward")


@fault("accuracy-broadcasts-shapes")
def square_comparison(plan: Plan, draw: random.Random) -> Plan | None:
    """(N, 1) compared with (N,): N times N answers."""
    if plan.choices["form"] == "whole" or not plan.evaluate:
        return None
    rule = "accuracy-broadcasts-shapes"
    texts = {
        "clusters": [
            "(out.argmax(1, keepdim=True) == y).float().mean()",
            "(out.argmax(1)[:, None] == y).float().mean()",
        ],
        "images": [
            "(out.argmax(1, keepdim=True) == y).float().mean()",
            "out.argmax(1).view(-1, 1).eq(y).float().mean()",
        ],
        "binary": [
            "((out > 0).float() == y.squeeze(1)).float().mean()",
            "((out > 0).squeeze(1) == y).float().mean()",
        ],
    }.get(plan.domain.name)
    if texts is None:
        return None
    text = draw.choice(texts)
    lines = tuple(
        mark(line.replace(plan.domain.metric, text), rule) if plan.domain.metric in line else line
        for line in plan.evaluate
    )
    return replace(plan, evaluate=lines)


@fault("accuracy-counted-wrong")
def wrong_count(plan: Plan, draw: random.Random) -> Plan | None:
    """The sum of the right ones divided by batches, or by a wrong number of rows."""
    if (
        plan.domain.name not in ("clusters", "images", "binary")
        or plan.choices["form"] not in LOADERS
        or not plan.evaluate
    ):
        return None
    rule = "accuracy-counted-wrong"
    if plan.choices["update"] not in (*PLAIN, "manual"):
        return None
    new = draw.choice(["score = score / len(held)", "score = score / (count / 2)"])
    lines = tuple(
        mark(line.replace("score = score / count", new), rule)
        if "score = score / count" in line
        else line
        for line in plan.evaluate
    )
    shown = tuple(mark(line, rule) if "score +=" in line else line for line in lines)
    return replace(plan, evaluate=(*shown, mark("print(f'accuracy {score:.3f}')", rule)))
