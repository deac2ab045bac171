"""The recorder disturbs nothing, loses little, and says when it was disturbed itself."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from torch import nn

from grader.observe.log import Log
from grader.observe.recorder import Recorder
from grader.schema.bits import THIN_AFTER
from grader.schema.rows import Backward, Forward, Update
from grader.trace.trace import Trace
from recording import record, run

LOOP = """
import torch
from torch import nn
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            model(images)
"""


def quiet() -> Recorder:
    """A recorder of this file that keeps nothing."""
    return Recorder(lambda _rows: None, {__file__: ("test_recorder.py", None)})


def train(recorder: Recorder | None) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Final weights and the state of the random stream after a small training."""
    torch.manual_seed(3)
    data = torch.utils.data.TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,)))
    loader = torch.utils.data.DataLoader(data, 8, shuffle=True)
    if recorder is not None:
        recorder.install()
    try:
        model = nn.Sequential(nn.Linear(8, 16), nn.Dropout(0.3), nn.Linear(16, 3))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), labels)
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    finally:
        if recorder is not None:
            recorder.finish()
            recorder.uninstall()
    return [p.detach().clone() for p in model.parameters()], torch.get_rng_state()


def test_a_recorded_training_ends_with_the_same_bits() -> None:
    """Weights and random stream agree bit for bit with those of a bare run."""
    bare, recorded = train(None), train(quiet())
    for one, other in zip(bare[0], recorded[0], strict=True):
        assert torch.equal(one, other)
    assert torch.equal(bare[1], recorded[1])


def test_uninstalling_restores_torch() -> None:
    """Every attribute that was replaced is the very object that it was before."""
    places: list[tuple[Any, str]] = [
        (nn.Module, "__call__"),
        (torch.autograd, "backward"),
        (torch.autograd, "grad"),
        (torch.optim.Optimizer, "__init__"),
        (torch.nn.utils, "clip_grad_norm_"),
        (torch.utils.data.dataloader._BaseDataLoaderIter, "__next__"),
    ]
    before = [vars(owner)[name] for owner, name in places]
    recorder = quiet()
    recorder.install()
    assert all(vars(o)[n] is not was for (o, n), was in zip(places, before, strict=True))
    recorder.finish()
    recorder.uninstall()
    assert [vars(owner)[name] for owner, name in places] == before


def test_losses_can_be_made_after_uninstalling() -> None:
    """The constructor of losses takes its settings again."""
    recorder = quiet()
    recorder.install()
    recorder.uninstall()
    assert nn.MSELoss(reduction="sum").reduction == "sum"
    assert nn.CrossEntropyLoss(torch.ones(3)).weight is not None


def signatures() -> list[inspect.Signature]:
    """How the functions that the recorder wraps are called."""
    places: list[tuple[Any, str]] = [
        (torch.autograd, "backward"),
        (torch.autograd, "grad"),
        (nn.utils, "clip_grad_norm_"),
        (torch.optim.Optimizer, "__init__"),
    ]
    return [inspect.signature(getattr(owner, name)) for owner, name in places]


def test_wrapped_functions_keep_their_signatures() -> None:
    """What ``inspect.signature`` says of torch's functions stays the same."""
    before = signatures()
    recorder = quiet()
    recorder.install()
    try:
        assert signatures() == before
    finally:
        recorder.uninstall()


def test_exceptions_pass_unchanged() -> None:
    """A wrong shape, a second backward pass and a failing step raise what torch raises."""
    recorder = quiet()
    recorder.install()
    try:
        model = nn.Linear(4, 2)
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            model(torch.zeros(3, 5))
        loss = model(torch.zeros(3, 4)).sum()
        loss.backward()
        with pytest.raises(RuntimeError, match="backward through the graph a second time"):
            loss.backward()
    finally:
        recorder.uninstall()


def test_curves_have_a_value_for_each_update() -> None:
    """Losses are one per update; every backward pass of a plain loop is an update's."""
    trace = record(LOOP)
    assert trace.updates == 32
    assert len(trace.losses) == 32
    assert len(trace.gradient_norms) == len(trace.update_ratios) == 32
    assert trace.losses[-1] < trace.losses[0]
    assert trace.main_model is not None
    assert trace.main_model.sensitive == ("Dropout",)


def test_a_killed_process_loses_little() -> None:
    """What a process had done before it was killed can be read, and is not closed."""
    source = LOOP + "\nimport os, time\ntime.sleep(0.3)\nmodel(images)\nos._exit(9)\n"
    batches, _ = run(source)
    trace = Trace.from_plain(batches)
    assert trace.end is None
    assert trace.updates == 32


@pytest.mark.parametrize(
    "attack",
    [
        "from torch.optim.optimizer import _global_optimizer_pre_hooks as h; h.clear()",
        "nn.Module.__call__ = lambda self, *a, **k: self.forward(*a, **k)",
        "torch.autograd.backward = lambda *a, **k: None",
        "del torch.utils.data.dataloader._BaseDataLoaderIter.__next__",
    ],
)
def test_taking_the_recorder_away_is_noticed(attack: str) -> None:
    """A program that removes what records it leaves that in the closing facts."""
    trace = record(f"import torch\nfrom torch import nn\n{attack}\n")
    assert trace.is_tampered


def test_an_ordinary_program_is_not_taken_for_an_attack() -> None:
    """Nothing is missing at the end of a plain training."""
    assert not record(LOOP).is_tampered


HARMLESS = {
    "compiled": "torch.compile(model, backend='eager')(batch)",
    "compiled whole": """
def penalized(x):
    named = sum(p.abs().sum() for _, p in model.named_parameters())
    loss = nn.functional.cross_entropy(model(x), torch.zeros(len(x), dtype=torch.long))
    return loss + named + sum(p.square().sum() for p in model.parameters())
torch.compile(penalized, backend='eager', fullgraph=True)(batch).backward()""",
    "traced": "torch.jit.trace(model, batch)(batch)",
    "vmapped": "torch.func.vmap(model)(batch)",
    "functional": """
def loss(params):
    return torch.func.functional_call(model, params, (batch,)).sum()
torch.func.grad(loss)(dict(model.named_parameters()))""",
    "jacobian": "torch.autograd.functional.jacobian(model, batch)",
    "threaded": """
import threading
threads = [threading.Thread(target=lambda: model(batch).sum().backward()) for _ in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]""",
    "inference": """
with torch.inference_mode():
    model(model(batch) @ torch.ones(4, 8))""",
    "checkpointed": """
from torch.utils.checkpoint import checkpoint
checkpoint(model, batch.requires_grad_(), use_reentrant=False).sum().backward()""",
    "lazy": "nn.LazyLinear(3)(batch).sum().backward()",
    "double": "torch.nn.Linear(8, 2).double()(batch.double()).sum().backward()",
    "complex": "(torch.randn(3, dtype=torch.cfloat, requires_grad=True).abs().sum()).backward()",
    "scalar input": "nn.Embedding(5, 2)(torch.tensor(3)).sum().backward()",
    "empty batch": "model(torch.zeros(0, 8)).sum().backward()",
    "dict output": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)
    def forward(self, *, x):
        return {'logits': self.fc(x), 'n': 3}
net = Net()
opt = torch.optim.SGD(net.parameters(), 0.1)
for _ in range(3):
    opt.zero_grad()
    net(x=batch)['logits'].sum().backward()
    opt.step()""",
    "packed": """
rnn = nn.LSTM(8, 5, batch_first=True, dropout=0.1, num_layers=2)
packed = nn.utils.rnn.pack_padded_sequence(torch.randn(3, 4, 8), [4, 3, 2], batch_first=True)
rnn(packed)[0].data.sum().backward()""",
    "custom function": """
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
Twice.apply(model(batch)).sum().backward()""",
    "retained": """
loss = model(batch).sum()
loss.backward(retain_graph=True)
loss.backward()""",
    "detached backward": "torch.autograd.backward([model(batch).sum(), model(batch).mean()])",
    "pickled": "import pickle, copy; pickle.loads(pickle.dumps(model)); copy.deepcopy(model)",
    "scripted": "torch.jit.script(nn.Linear(8, 2))(batch)",
    "iterable": """
class Stream(torch.utils.data.IterableDataset):
    def __iter__(self):
        for i in range(7):
            yield torch.full((8,), float(i)), i % 4
opt = torch.optim.SGD(model.parameters(), 0.1)
for x, y in torch.utils.data.DataLoader(Stream(), 3):
    opt.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    opt.step()""",
    "shared parameter": """
tied = nn.Linear(8, 4)
tied.weight = model[0].weight
opt = torch.optim.SGD(tied.parameters(), 0.1)
(model(batch) + tied(batch)).sum().backward(); opt.step(); opt.zero_grad()""",
}


@pytest.mark.parametrize("use", HARMLESS)
def test_unusual_uses_of_torch_do_no_harm(use: str) -> None:
    """The program runs to its end, and the recorder has nothing to excuse."""
    source = (
        "import torch\nfrom torch import nn\n"
        "model, batch = nn.Sequential(nn.Linear(8, 4)), torch.randn(6, 8)\n"
        f"{HARMLESS[use]}\nreached = True\n"
    )
    batches, reached = run(source, then=lambda _, names: names.get("reached", False))
    trace = Trace.from_plain(batches)
    assert reached
    assert trace.faults == ()
    assert trace.end is not None


def test_a_notebook_names_its_cells() -> None:
    """A line is given with the cell whose compiled name it came from."""
    rows: list[Any] = []
    recorder = Recorder(rows.extend, {"<cell 3>": ("notebook.ipynb", 3)})
    recorder.install()
    try:
        code = "import torch\ntorch.nn.MSELoss(torch.ones(2), torch.zeros(2))\n"
        exec(compile(code, "<cell 3>", "exec"), {})
        recorder.finish()
    finally:
        recorder.uninstall()
    assert ["place", 0, "notebook.ipynb", 2, 3] in rows


def test_long_runs_write_little() -> None:
    """Once a model is plainly in training, an ordinary step is two short rows."""
    source = LOOP.replace("range(2)", "range(12)")
    batches, _ = run(source)
    rows = [row for batch in batches for row in batch]
    forwards = [row for row in rows if row[0] == "forward"]
    assert Trace.from_plain(batches).updates == 192
    assert len(forwards) < 60 + 12 * 3


def test_a_thinned_curve_pairs_each_loss_with_its_own_step() -> None:
    """Past the limit one step in some stays, whole; the curve still goes to the end."""
    rows: list[Any] = []
    log = Log(rows.append, {})
    steps = THIN_AFTER
    for step in range(1, steps + 1):
        log.add(["backward", step, -1, float(step), step - 1, 0])
        log.add(["update", step, -1, -1, step, None, None, None, 1, 0])
        if step % 100 == 0:
            log.flush()
    log.close({"updates": steps})
    trace = Trace.from_plain(rows)
    assert trace.updates == steps
    assert trace.end is not None
    assert trace.end["dropped"] > THIN_AFTER / 2
    assert trace.losses == tuple(sorted(trace.losses))
    assert trace.losses[-1] > steps - 50
    by_number = {update.number for update in trace.of(Update)}
    assert {int(loss) for loss in trace.losses[:-1]} <= by_number
    assert trace.losses_after(steps - 1000) == tuple(
        loss for loss in trace.losses if loss > steps - 1000
    )


def test_a_replay_stops_and_scales() -> None:
    """A replay makes the steps that were asked for, each scaled, with gradients cleared."""
    source = LOOP.replace("        optimizer.zero_grad()\n", "")
    small = record(source, update_scale=0.001, clear_gradients=True, stop_after_steps=7)
    full = record(source)
    assert small.updates == 7
    assert not any(event.leftovers for event in small.of(Update))
    assert small.update_ratios[0] == pytest.approx(0.001 * full.update_ratios[0], rel=0.01)


def test_a_replay_holds_the_rate() -> None:
    """A scheduler's rate is seen and changed by the program as ever; the steps ignore its fall."""
    source = LOOP.replace(
        "for epoch", "falling = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.1)\nfor epoch"
    ).replace("        optimizer.step()\n", "        optimizer.step()\n        falling.step()\n")
    held = record(source, hold_rate=True, stop_after_steps=12)
    bare = record(source, stop_after_steps=12)
    rates = [update.rate for update in held.of(Update)]
    assert rates == pytest.approx([0.05 * 0.1**step for step in range(12)])
    assert held.update_ratios[-1] > 1e6 * bare.update_ratios[-1]


def test_each_change_of_mode_is_in_the_record_of_a_long_training() -> None:
    """Where steps are no longer written down one by one, a step in another mode is."""
    source = """
import torch
from torch import nn
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.2), nn.Linear(16, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(10):
    net.train()
    for number, (images, labels) in enumerate(train_loader):
        if number == 6:
            net.eval()
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
"""
    trace = record(source)
    late = [f for f in trace.of(Forward) if f.updates >= 96]
    changes = [(f.updates % 16, f.is_training) for f in late]
    assert changes == [(0, True), (6, False)] * 4


def test_a_mode_that_the_program_computes_is_not_known() -> None:
    """A class's own ``training`` is not asked: it may say what it likes."""
    source = """
import torch
from torch import nn
class Net(nn.Sequential):
    training = property(lambda self: False, lambda self, value: None)
net = Net(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(images), labels).backward()
    optimizer.step()
"""
    assert not any(f.is_mode_known for f in record(source).of(Forward))


def test_a_gradient_that_is_asked_for_is_one_pass_each_time() -> None:
    """Also where the operations of some steps are noted, through which such a call comes twice."""
    source = """
        import torch
        from torch import nn
        images, labels = train_loader.dataset.tensors
        images = (images - images.mean()) / images.std()
        model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
        for x, y in zip(images.split(16), labels.split(16)):
            loss = nn.functional.cross_entropy(model(x + 0), y)
            grads = torch.autograd.grad(loss, list(model.parameters()))
            with torch.no_grad():
                for w, g in zip(model.parameters(), grads):
                    w -= 0.1 * g
    """
    trace = record(inspect.cleandoc(source))
    assert trace.updates == 16
    assert [one.updates for one in trace.of(Backward)] == list(range(16))
