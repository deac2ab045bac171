"""Faults of the model, of what goes into the loss, and of what is left out of the graph."""

from __future__ import annotations

import random
from dataclasses import replace

from composing.marking import PLAIN, fault, in_model, is_plain, mark, mark_all, with_marks
from composing.plan import Lines, Plan

CLASSES = ("clusters", "images", "sequences")
SIMPLE = (*PLAIN, "manual", "manual_data", "manual_grad", "accumulated")


def _losing(plan: Plan, made: str, expression: str, rule: str) -> Plan | None:
    """The plan with another loss, marked."""
    if plan.choices["update"] not in SIMPLE:
        return None
    rest = plan.loss[1:]
    return replace(plan, loss_made=made, loss=(mark(f"loss = {expression}", rule), *rest),
                   backward=mark_all(plan.backward, rule))  # fmt: skip


CLASS = "loss-class-not-instance"


@fault(CLASS)
def class_called(plan: Plan, draw: random.Random) -> Plan | None:
    """The class is called with outputs and labels."""
    if plan.domain.name not in (*CLASSES, "regression", "binary", "multi_label", "forecast"):
        return None
    kinds = {
        "regression": "MSELoss",
        "forecast": "L1Loss",
        "binary": "BCEWithLogitsLoss",
        "multi_label": "BCEWithLogitsLoss",
    }
    kind = kinds.get(plan.domain.name, "CrossEntropyLoss")
    text = draw.choice([f"nn.{kind}(out, y)", f"torch.nn.{kind}(out, y)"])
    return _losing(plan, "", text, CLASS)


CUT = "loss-cut-from-graph"


@fault(CUT)
def made_anew(plan: Plan, draw: random.Random) -> Plan | None:
    """A tensor of the loss's number, or of the outputs' numbers."""
    if not is_plain(plan):
        return None
    lines: Lines = draw.choice([
        ("loss = torch.tensor(loss.item(), requires_grad=True)",),
        ("loss = loss.detach().requires_grad_()",),
        ("loss = torch.autograd.Variable(loss.data, requires_grad=True)",),
    ])  # fmt: skip
    return with_marks(replace(plan, loss=(*plan.loss, *lines)), CUT, "loss", "backward", "step")


@fault(CUT)
def outputs_detached(plan: Plan, draw: random.Random) -> Plan | None:
    """The outputs leave the graph before the loss sees them."""
    if not is_plain(plan) or plan.domain.name == "variational":
        return None
    line = draw.choice(["out = out.detach().requires_grad_()", "out = torch.tensor(out.tolist(), requires_grad=True)",
                        "out = torch.from_numpy(out.detach().numpy()).requires_grad_()"])  # fmt: skip
    return with_marks(
        replace(plan, forward=(*plan.forward, line)), CUT, "forward", "loss", "backward", "step"
    )


@fault("graph-cut-in-part")
def one_part_detached(plan: Plan, draw: random.Random) -> Plan | None:
    """A layer's output is detached on its way to the next one."""
    del draw
    rule = "graph-cut-in-part"
    if not is_plain(plan):
        return None
    swaps = {
        ("images", "normed"): ("x = F.relu(self.bn1(self.conv1(x)))", "x = F.relu(self.bn1(self.conv1(x))).detach()"),
        ("sequences", "gru"): ("states, _ = self.rnn(x)", "states = self.rnn(x)[0].detach()"),
        ("autoencoder", "two_parts"): ("return self.decoder(self.encoder(x))", "return self.decoder(self.encoder(x).data)"),
        ("clusters", "functional"): ("h = F.dropout(F.relu(self.fc1(x)), 0.2, training=self.training)", "h = F.dropout(F.relu(self.fc1(x)).detach(), 0.2, training=self.training)"),
        ("language", "gru"): ("return self.head(self.rnn(self.embed(x))[0])", "return self.head(self.rnn(self.embed(x).detach())[0])"),
        ("images", "flat"): ("return self.fc2(torch.tanh(self.fc1(x)))", "return self.fc2(torch.tanh(torch.tensor(self.fc1(x).tolist())))"),
    }  # fmt: skip
    swap = swaps.get((plan.domain.name, plan.choices["model"]))
    made = None if swap is None else in_model(plan, swap[0], mark(swap[1], rule))
    return None if made is None else with_marks(made, rule, "backward", "forward")


@fault("layers-not-registered")
def in_a_list(plan: Plan, draw: random.Random) -> Plan | None:
    """Layers in a plain list or dictionary."""
    rule = "layers-not-registered"
    if not is_plain(plan):
        return None
    if plan.domain.name == "clusters" and plan.choices["model"] == "residual":
        return in_model(plan, "self.blocks = nn.ModuleList([nn.Linear(24, 24) for _ in range(3)])",
                        mark("self.blocks = [nn.Linear(24, 24) for _ in range(3)]", rule))  # fmt: skip
    if plan.domain.name == "clusters" and plan.choices["model"] == "dropped":
        made = in_model(
            plan,
            "self.fc1 = nn.Linear(16, 64)",
            mark("self.parts = {'first': nn.Linear(16, 64)}", rule),
        )
        return made and in_model(made, "self.fc1(x)", "self.parts['first'](x)")
    if plan.domain.name == "regression" and plan.choices["model"] == "normed":
        made = in_model(
            plan, "self.a = nn.Linear(6, 32)", mark("self.a = (nn.Linear(6, 32),)", rule)
        )
        return made and in_model(made, "self.a(x)", "self.a[0](x)")
    del draw
    return None


@fault("parameter-not-a-leaf")
def computed(plan: Plan, draw: random.Random) -> Plan | None:
    """What was to be trained is the result of a computation."""
    rule = "parameter-not-a-leaf"
    if (
        plan.domain.name != "clusters"
        or plan.choices["model"] != "own_parameters"
        or not is_plain(plan)
    ):
        return None
    new = draw.choice(
        [
            "self.w = torch.randn(16, 4, requires_grad=True) * 0.1",
            "self.w = torch.randn(16, 4).requires_grad_() / 10",
        ]
    )
    return in_model(plan, "self.w = nn.Parameter(torch.randn(16, 4) * 0.1)", mark(new, rule))


NLL = "nll-loss-without-log-softmax"


@fault(NLL)
def scores_or_probabilities(plan: Plan, draw: random.Random) -> Plan | None:
    """NLL of what are no logarithms of probabilities."""
    if plan.domain.name not in CLASSES:
        return None
    given = draw.choice(["out", "torch.softmax(out, 1)", "out.softmax(dim=1)"])
    made, call = draw.choice([("nn.NLLLoss()", "{c}"), ("", "F.nll_loss")])
    return _losing(plan, made, f"{call}({given}, y)", NLL)


SOFTMAX = "softmax-before-cross-entropy"


@fault(SOFTMAX)
def twice(plan: Plan, draw: random.Random) -> Plan | None:
    """In the loop, or as the model's last layer."""
    if plan.domain.name not in CLASSES:
        return None
    given = draw.choice(
        ["torch.softmax(out, dim=1)", "F.softmax(out, 1)", "nn.Softmax(dim=-1)(out)"]
    )
    made, call = draw.choice([("nn.CrossEntropyLoss()", "{c}"), ("", "F.cross_entropy")])
    return _losing(plan, made, f"{call}({given}, y)", SOFTMAX)


@fault(SOFTMAX)
def last_layer(plan: Plan, draw: random.Random) -> Plan | None:
    """At the end of the model."""
    del draw
    ends = {"nn.Linear(32, 4),": "nn.Linear(32, 4), nn.Softmax(dim=1),", "nn.Linear(128, 5),": "nn.Linear(128, 5), nn.Softmax(1),",
            "return self.head(h[-1])": "return torch.softmax(self.head(h[-1]), -1)",
            "return self.fc2(torch.tanh(self.fc1(x)))": "return F.softmax(self.fc2(torch.tanh(self.fc1(x))), dim=1)"}  # fmt: skip
    if plan.domain.name not in CLASSES or plan.choices["loss"] not in (
        "module",
        "functional",
        "keyword",
        "weighted",
    ):
        return None
    for old, new in ends.items():
        made = in_model(plan, old, mark(new, SOFTMAX))
        if made is not None and plan.choices["update"] in SIMPLE:
            return with_marks(made, SOFTMAX, "loss", "backward")
    return None


@fault("activation-before-cross-entropy")
def rectified(plan: Plan, draw: random.Random) -> Plan | None:
    """A ReLU, a sigmoid or a tanh on the scores."""
    if plan.domain.name not in CLASSES:
        return None
    given = draw.choice(
        ["torch.relu(out)", "torch.sigmoid(out)", "out.clamp(min=0)", "F.relu(out)"]
    )
    made, call = draw.choice([("nn.CrossEntropyLoss()", "{c}"), ("", "F.cross_entropy")])
    return _losing(plan, made, f"{call}({given}, y)", "activation-before-cross-entropy")


@fault("sigmoid-before-bce-with-logits")
def squashed(plan: Plan, draw: random.Random) -> Plan | None:
    """A sigmoid before a loss that has one."""
    if plan.domain.name not in ("binary", "multi_label"):
        return None
    given = draw.choice(["torch.sigmoid(out)", "out.sigmoid()", "F.sigmoid(out)"])
    made, call = draw.choice(
        [("nn.BCEWithLogitsLoss()", "{c}"), ("", "F.binary_cross_entropy_with_logits")]
    )
    return _losing(plan, made, f"{call}({given}, y)", "sigmoid-before-bce-with-logits")


@fault("single-logit-cross-entropy")
def one_class(plan: Plan, draw: random.Random) -> Plan | None:
    """Cross-entropy over one class: always nothing."""
    if plan.domain.name != "binary":
        return None
    made, call = draw.choice([("nn.CrossEntropyLoss()", "{c}"), ("", "F.cross_entropy")])
    text = draw.choice([f"{call}(out, y)", f"{call}(out, torch.zeros(len(y), dtype=torch.long))"])
    return _losing(plan, made, text, "single-logit-cross-entropy")


@fault("loss-broadcasts-shapes")
def a_column_and_a_row(plan: Plan, draw: random.Random) -> Plan | None:
    """(N, 1) against (N,)."""
    rule = "loss-broadcasts-shapes"
    if plan.domain.name == "regression":
        made, text = draw.choice(
            [
                ("nn.MSELoss()", "{c}(out, y.squeeze(1))"),
                ("", "((out - y.flatten()) ** 2).mean()"),
                ("", "F.l1_loss(out.squeeze(), y)"),
            ]
        )
        return _losing(plan, made, text, rule)
    if plan.domain.name in ("forecast", "ratings"):
        made, text = draw.choice(
            [("nn.MSELoss()", "{c}(out.unsqueeze(1), y)"), ("", "(out - y[:, None]).pow(2).mean()")]
        )
        return _losing(plan, made, text, rule)
    return None


@fault("softmax-over-batch")
def first_dimension(plan: Plan, draw: random.Random) -> Plan | None:
    """The probabilities of a batch sum to one over its rows."""
    if plan.domain.name not in CLASSES:
        return None
    text = draw.choice(
        ["F.nll_loss(F.log_softmax(out, dim=0), y)", "F.nll_loss(torch.log_softmax(out, 0), y)"]
    )
    return _losing(plan, "", text, "softmax-over-batch")


@fault("samples-mixed")
def rows_mixed(plan: Plan, draw: random.Random) -> Plan | None:
    """A view that takes parts of several rows for one."""
    del draw
    rule = "samples-mixed"
    if plan.choices["update"] not in SIMPLE or plan.choices["form"] == "split":
        return None
    swaps = {
        ("images", "flat"): ("x = x.view(x.size(0), -1)", "x = x.reshape(x.size(0), -1).t().reshape(x.size(0), -1)"),
        ("sequences", "convolved"): ("x = F.relu(self.conv(x.permute(0, 2, 1)))", "x = F.relu(self.conv(x.permute(1, 2, 0).reshape(x.size(0), 3, -1)))"),
        ("sequences", "lstm"): ("states, (h, c) = self.rnn(x)", "states, (h, c) = self.rnn(x.transpose(0, 1).reshape(x.shape))"),
    }  # fmt: skip
    swap = swaps.get((plan.domain.name, plan.choices["model"]))
    made = None if swap is None else in_model(plan, swap[0], mark(swap[1], rule))
    return None if made is None else with_marks(made, rule, "forward", "backward", "loss")


NUMBERS = "mse-on-class-numbers"


@fault(NUMBERS)
def a_column_of_numbers(plan: Plan, draw: random.Random) -> Plan | None:
    """All outputs of a row are pulled towards the number of its class."""
    if plan.domain.name not in ("clusters", "images") or not plan.evaluate:
        return None
    made, text = draw.choice([
        ("nn.MSELoss()", "{c}(out, y.unsqueeze(1).float())"),
        ("nn.L1Loss()", "{c}(out, y.view(-1, 1).expand_as(out))"),
        ("nn.SmoothL1Loss()", "{c}(out, y[:, None].float().expand(-1, out.shape[1]))"),
        ("", "F.mse_loss(torch.softmax(out, 1), y.float().reshape(-1, 1))"),
    ])  # fmt: skip
    return _losing(plan, made, text, NUMBERS)


@fault(NUMBERS)
def squares_by_hand(plan: Plan, draw: random.Random) -> Plan | None:
    """The same without a loss of torch's."""
    if plan.domain.name not in ("clusters", "images") or not plan.evaluate:
        return None
    text = draw.choice(["((out - y[:, None]) ** 2).mean()", "(out - y.unsqueeze(-1)).pow(2).sum(1).mean()",
                        "torch.mean(torch.abs(y.view(-1, 1) - out))"])  # fmt: skip
    return _losing(plan, "", text, NUMBERS)


@fault(NUMBERS)
def one_output_rounded(plan: Plan, draw: random.Random) -> Plan | None:
    """One output for all classes; what it rounds to is taken for the answer."""
    layers = {"images": "nn.Linear(128, 5)", "clusters": "nn.Linear(32, 4)"}
    old = layers.get(plan.domain.name)
    if old is None or not plan.evaluate:
        return None
    made = in_model(plan, old, old.replace("5)", "1)").replace("4)", "1)"))
    text = draw.choice(["F.mse_loss(out.squeeze(1), y.float())", "((out.flatten() - y) ** 2).mean()",
                        "F.smooth_l1_loss(out, y.float().unsqueeze(1))"])  # fmt: skip
    rounded = draw.choice(
        [
            "(out.squeeze(1).round() == y)",
            "out.flatten().round().eq(y)",
            "(out[:, 0].round().long() == y)",
        ]
    )
    if made is None or plan.domain.metric in "".join(plan.log):
        return None
    evaluate = tuple(
        line.replace(plan.domain.metric, f"{rounded}.float().mean()") for line in made.evaluate
    )
    return _losing(replace(made, evaluate=evaluate), "", text, NUMBERS)


# --- weights and layers ---------------------------------------------------------------------------

SYMMETRIC = "symmetric-initial-weights"


@fault(SYMMETRIC)
def all_alike(plan: Plan, draw: random.Random) -> Plan | None:
    """Every weight of a hidden layer has the same value."""
    if plan.choices["model"] not in ("stack", "dropped") or plan.domain.name not in (
        "clusters",
        "regression",
        "binary",
        "autoencoder",
    ):
        return None
    if plan.choices["update"] not in SIMPLE or plan.wrapper == "lightning":
        return None
    value = draw.choice(
        ["nn.init.zeros_(w)", "nn.init.constant_(w, 0.1)", "w.data.fill_(0.5)", "nn.init.ones_(w)"]
    )
    if value == "nn.init.ones_(w)" and plan.domain.name == "regression":
        return None
    lines = ("for w in {m}.parameters():", mark(f"    {value}", SYMMETRIC))
    return with_marks(replace(plan, build=(*plan.build, *lines)), SYMMETRIC, "forward", "backward")


@fault("absurd-initial-weights")
def huge(plan: Plan, draw: random.Random) -> Plan | None:
    """Drawn a hundred times too large."""
    if plan.domain.name not in ("clusters", "images", "regression") or plan.choices[
        "model"
    ] not in ("stack", "plain", "flat", "dropped", "deep"):
        return None
    if plan.choices["update"] not in PLAIN or plan.wrapper == "lightning":
        return None
    rule = "absurd-initial-weights"
    text = draw.choice(
        ["nn.init.normal_(w, std=20.0)", "w.data.mul_(200)", "nn.init.uniform_(w, -50, 50)"]
    )
    lines = ("for w in {m}.parameters():", mark(f"    {text}", rule))
    return with_marks(
        replace(plan, build=(*plan.build, *lines)), rule, "forward", "backward", "optimizer"
    )


@fault("no-nonlinearity")
def linear_after_linear(plan: Plan, draw: random.Random) -> Plan | None:
    """Layers without anything between."""
    rule = "no-nonlinearity"
    if plan.choices["update"] not in SIMPLE:
        return None
    swaps = {
        ("clusters", "stack"): ("nn.ReLU(),", "nn.Identity(),"),
        ("regression", "deep"): ("nn.SiLU(),", "nn.Identity(),"),
        ("images", "flat"): ("torch.tanh(self.fc1(x))", "self.fc1(x)"),
        ("clusters", "dropped"): ("torch.relu(self.fc1(x))", "self.fc1(x)"),
        ("binary", "stack"): ("nn.ReLU(),", "nn.Identity(),"),
    }
    swap = swaps.get((plan.domain.name, plan.choices["model"]))
    if swap is None:
        return None
    del draw
    made = in_model(plan, *swap)
    if made is None:
        return None
    marked = replace(
        made,
        model=tuple(
            mark(line, rule) if "Linear" in line or "return" in line else line
            for line in made.model
        ),
    )
    return with_marks(marked, rule, "forward")


@fault("vanishing-gradients")
def deep_sigmoids(plan: Plan, draw: random.Random) -> Plan | None:
    """Ten layers of sigmoids."""
    if (
        plan.domain.name != "clusters"
        or plan.choices["model"] != "stack"
        or plan.choices["update"] not in PLAIN
    ):
        return None
    if plan.choices["optimizer"] not in ("sgd", "momentum"):
        return None
    rule = "vanishing-gradients"
    kind = draw.choice(["nn.Sigmoid()", "nn.Tanh(), nn.Sigmoid()"])
    lines = ("def Net():", "    layers = [nn.Linear(16, 16)]", "    for _ in range(10):",
             mark(f"        layers += [{kind}, nn.Linear(16, 16)]", rule),
             "    return nn.Sequential(*layers, nn.Sigmoid(), nn.Linear(16, 4))")  # fmt: skip
    return with_marks(replace(plan, model=lines), rule, "forward", "backward")


EXPLODING = "exploding-gradients"


@fault(EXPLODING)
def deep_and_large(plan: Plan, draw: random.Random) -> Plan | None:
    """A deep stack whose weights have one standard deviation, whatever their inputs."""
    if plan.domain.name != "clusters" or plan.choices["loss"] not in (
        "module",
        "functional",
        "nll",
    ):
        return None
    if plan.choices["update"] not in PLAIN or plan.choices["optimizer"] not in ("sgd", "momentum"):
        return None
    drawn = draw.choice(["nn.init.normal_(layer.weight, std=0.6)", "nn.init.uniform_(layer.weight, -1, 1)",
                         "nn.init.xavier_normal_(layer.weight, gain=3.5)"])  # fmt: skip
    lines = ("def Net():", "    layers = [nn.Linear(16, 32)]", "    for _ in range(10):",
             mark("        layers += [nn.ReLU(), nn.Linear(32, 32)]", EXPLODING),
             "    for layer in layers:", "        if isinstance(layer, nn.Linear):",
             mark(f"            {drawn}", EXPLODING),
             "    return nn.Sequential(*layers, nn.ReLU(), nn.Linear(32, 4))")  # fmt: skip
    return with_marks(
        replace(plan, model=lines, epochs=max(plan.epochs, 12)), EXPLODING, "forward", "backward"
    )


def _long(plan: Plan, layers: Lines, forward: Lines) -> Plan | None:
    """Sequences of 60 steps, of which the last ones say what is asked for."""
    if plan.domain.name != "sequences" or plan.choices["update"] not in PLAIN:
        return None
    if plan.choices["form"] == "whole" or plan.choices["optimizer"] in ("adagrad", "nadam"):
        return None
    data = tuple(line.replace("10, 3)", "60, 3)").replace("inputs.sum(", "inputs[:, -5:].sum(")
                 for line in plan.data)  # fmt: skip
    model = (
        "class Net(nn.Module):", "    def __init__(self):", "        super().__init__()",
        *(f"        {line}" for line in layers), "        self.head = nn.Linear(24, 2)", "",
        "    def forward(self, x):", *(f"        {line}" for line in forward),
    )  # fmt: skip
    return with_marks(
        replace(plan, data=data, model=model, epochs=max(plan.epochs, 10)),
        EXPLODING,
        "forward",
        "backward",
    )


@fault(EXPLODING)
def recurrent_layer(plan: Plan, draw: random.Random) -> Plan | None:
    """The recurrent weights of a layer of torch's are drawn too large."""
    drawn = draw.choice(["nn.init.normal_(self.rnn.weight_hh_l0, std=0.8)",
                         "self.rnn.weight_hh_l0.data.mul_(6)",
                         "nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=4)"])  # fmt: skip
    layers = (mark("self.rnn = nn.RNN(3, 24, batch_first=True)", EXPLODING), mark(drawn, EXPLODING))
    return _long(plan, layers, ("return self.head(self.rnn(x)[0][:, -1])",))


@fault(EXPLODING)
def recurrence_by_hand(plan: Plan, draw: random.Random) -> Plan | None:
    """A recurrence by hand, its weights drawn without a thought of their size."""
    own = draw.choice([
        ("self.u = nn.Parameter(torch.randn(24, 24))", "h @ self.u"),
        ("self.u = nn.Linear(24, 24, bias=False)", "self.u(h)"),
    ])  # fmt: skip
    layers = ["self.into = nn.Linear(3, 24)", mark(own[0], EXPLODING)]
    if "Linear" in own[0]:
        layers.append(mark("nn.init.normal_(self.u.weight)", EXPLODING))
    forward = ("h = torch.zeros(x.size(0), 24)", "for t in range(x.size(1)):",
               f"    h = torch.tanh(self.into(x[:, t]) + {own[1]})", "return self.head(h)")  # fmt: skip
    return _long(plan, tuple(layers), forward)


@fault("dead-relu")
def pushed_below(plan: Plan, draw: random.Random) -> Plan | None:
    """Biases so low that no unit ever answers."""
    if plan.domain.name not in ("clusters", "regression", "binary") or plan.choices[
        "model"
    ] not in ("stack", "dropped"):
        return None
    if (
        plan.choices["update"] not in PLAIN
        or plan.wrapper == "lightning"
        or plan.domain.name == "regression"
    ):
        return None
    rule = "dead-relu"
    low = draw.choice(["-30.0", "-100.0"])
    lines = ("with torch.no_grad():", mark(f"    list({{m}}.parameters())[1].fill_({low})", rule))
    made = replace(
        plan,
        build=(*plan.build, *lines),
        model=tuple(mark(line, rule) if "elu(" in line.lower() else line for line in plan.model),
    )
    return with_marks(made, rule, "forward", "backward")
