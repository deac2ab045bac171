"""The trained model is found, whatever it is, and asked in its own input's form."""

from __future__ import annotations

from typing import Any

import pytest

from asking import HEAD, IMAGES, LOOP, UNSEEN, accuracy, measure, provide
from grader.observe.asking.evaluation import NothingTrained
from grader.observe.recorder import Recorder
from recording import run

MODULE = (
    "nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))"
)

STYLES = {
    "module": f"""
model = {MODULE}
optimizer = torch.optim.Adam(model.parameters(), 0.003)
{LOOP.replace("NET", "model")}""",
    "forward called directly": f"""
model = {MODULE}
optimizer = torch.optim.Adam(model.parameters(), 0.003)
{LOOP.replace("NET", "model.forward")}""",
    "inside a function": f"""
def main():
    model = {MODULE}
    optimizer = torch.optim.Adam(model.parameters(), 0.003)
{LOOP.replace("NET", "model").replace(chr(10), chr(10) + "    ")}
main()""",
    "flattened in the loop": """
model = nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), 0.003)
for epoch in range(6):
    for images, labels in train_loader:
        x = (images.view(-1, 784) - 0.3) / 0.2
        optimizer.zero_grad()
        F.cross_entropy(model(x), labels).backward()
        optimizer.step()
""",
    "thresholded in the loop": """
model = nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), 0.003)
for epoch in range(6):
    for images, labels in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model((images.flatten(1) > 0.47).float()), labels).backward()
        optimizer.step()
""",
    "convolution": f"""
model = nn.Sequential(nn.Conv2d(1, 4, 5, 4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3))
model(next(iter(train_loader))[0])
optimizer = torch.optim.Adam(model.parameters(), 0.01)
{LOOP.replace("NET", "model")}""",
    "double precision": """
model = nn.Linear(784, 3).double()
optimizer = torch.optim.Adam(model.parameters(), 0.003)
for epoch in range(6):
    for images, labels in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(images.flatten(1).double()), labels).backward()
        optimizer.step()
""",
    "two modules in a class": f"""
class Net:
    def __init__(self):
        self.fc1, self.fc2, self.training = nn.Linear(784, 16), nn.Linear(16, 3), True
    def __call__(self, x):
        return self.fc2(F.dropout(F.relu(self.fc1(x.flatten(1))), 0.3, self.training))
    def train_mode(self):
        self.training = True
    def eval_mode(self):
        self.training = False
net = Net()
optimizer = torch.optim.Adam([*net.fc1.parameters(), *net.fc2.parameters()], 0.003)
{LOOP.replace("NET", "net")}""",
    "raw tensors in a function": """
w1 = (torch.randn(784, 16) * 0.05).requires_grad_()
w2 = (torch.randn(16, 3) * 0.2).requires_grad_()
def net(x):
    return torch.relu(x.flatten(1) @ w1) @ w2
for epoch in range(6):
    for images, labels in train_loader:
        F.cross_entropy(net(images), labels).backward()
        with torch.no_grad():
            for w in (w1, w2):
                w -= 0.05 * w.grad
                w.grad.zero_()
""",
    "raw tensors in an object": """
class Net:
    def __init__(self):
        self.w = torch.zeros(784, 3, requires_grad=True)
        self.b = torch.zeros(3, requires_grad=True)
    def forward(self, x):
        x = x.view(x.shape[0], -1)
        return x @ self.w + self.b
net = Net()
for epoch in range(6):
    for images, labels in train_loader:
        F.cross_entropy(net.forward(images), labels).backward()
        for p in (net.w, net.b):
            p.data -= 0.02 * p.grad
            p.grad = None
""",
    "parameters as arguments": """
params = [torch.zeros(784, 3, requires_grad=True), torch.zeros(3, requires_grad=True)]
def predict(params, x):
    return x.flatten(1) @ params[0] + params[1]
for epoch in range(6):
    for images, labels in train_loader:
        grads = torch.autograd.grad(F.cross_entropy(predict(params, images), labels), params)
        params = [(p - 0.02 * g).detach().requires_grad_() for p, g in zip(params, grads)]
""",
    "the later of two models": f"""
for rate in (1e-9, 0.003):
    model = {MODULE}
    optimizer = torch.optim.Adam(model.parameters(), rate)
{LOOP.replace("NET", "model").replace(chr(10), chr(10) + "    ")}
""",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_trained_model_is_found_and_measured(style: str) -> None:
    """Modules, objects, functions and raw tensors are asked, in the form they were trained on."""
    assert measure(STYLES[style]) > 0.9


@pytest.mark.parametrize(("scale", "shift"), [(1 / 255, 0.0), (1 / 128, -1.0), (1.0, 0.0)])
def test_the_scale_of_the_inputs_is_found(scale: float, shift: float) -> None:
    """Images come in the scale that the program's own inputs had."""
    source = STYLES["module"].replace("0.003", "0.001")
    assert measure(source, provide(scale, shift)) > 0.9


def test_the_model_is_left_in_its_mode() -> None:
    """Each module's mode is what it was, and nothing of the evaluation is recorded."""

    def modes(recorder: Recorder, names: dict[str, Any]) -> list[bool]:
        names["model"][1].eval()
        before = [part.training for part in names["model"].modules()]
        accuracy(recorder, names)
        return [a == b.training for a, b in zip(before, names["model"].modules(), strict=True)]

    _, same = run(
        HEAD + STYLES["module"], given=provide(), pools={"train": IMAGES.numpy()}, then=modes
    )
    assert all(same)


TRAINED = STYLES["module"] + "images = next(iter(train_loader))[0]\n"
AFTERWARDS = {
    "frozen": "model.requires_grad_(False)",
    "halved and frozen": "model.requires_grad_(False).half()",
    "forgotten": "model = optimizer = None",
    "of new parameters": """
for part in model:
    if isinstance(part, nn.Linear):
        part.weight = nn.Parameter(part.weight.detach().clone(), requires_grad=False)""",
    "in inference mode for good": """
model.requires_grad_(False)
torch.inference_mode().__enter__()""",
}


@pytest.mark.parametrize("name", AFTERWARDS)
def test_what_a_program_does_after_its_training_makes_nothing_unseen(name: str) -> None:
    """The model is asked as it is now, frozen or in other numbers, and by whatever name."""
    assert measure(TRAINED + AFTERWARDS[name]) > 0.9


RUINED = """
with torch.no_grad():
    for p in model[4].parameters():
        p.copy_(p.roll(1, 0))
"""
COPIES = {
    "a copy": f"import copy\nbest = copy.deepcopy(model)\n{RUINED}\nbest(images)",
    "a copy that nobody holds": f"""
import copy
def finish():
    best = copy.deepcopy(model).requires_grad_(False)
{RUINED.replace(chr(10), chr(10) + "    ")}
    best(images)
finish()""",
    "an average": f"""
average = torch.optim.swa_utils.AveragedModel(model)
average.update_parameters(model)
{RUINED}
average(images)""",
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_that_is_asked_last_is_what_counts(name: str) -> None:
    """Of a kept copy and the model that was trained on, the one that the program tests."""
    assert measure(TRAINED + COPIES[name]) > 0.9


def test_a_copy_from_before_the_training_does_not_count() -> None:
    """It is asked last, to show what the training gained."""
    before = TRAINED.replace(
        "for epoch", "import copy\nbefore = copy.deepcopy(model)\nfor epoch", 1
    )
    assert before != TRAINED
    assert measure(before + "before(images)") > 0.9


def test_another_network_that_is_asked_last_does_not_count() -> None:
    """An untrained one of the same build, as a comparison, or a part of the trained one."""
    for other in (MODULE, "model[1]"):
        last = f"other = {other}\nother(images.flatten(1))"
        assert measure(TRAINED + last) > 0.9


@pytest.mark.parametrize(
    "source",
    ["x = 1", "model = nn.Linear(784, 3)\nmodel(torch.zeros(2, 784))", "model = nn.Linear(5, 1)"],
)
def test_a_program_that_trains_nothing_is_told_so(source: str) -> None:
    """Without an update there is nothing to ask, and the message says that."""

    def refused(recorder: Recorder, names: dict[str, Any]) -> str:
        try:
            recorder.evaluate(UNSEEN, names)
        except NothingTrained as error:
            return str(error)
        return ""

    _, message = run(HEAD + source, given=provide(), then=refused)
    assert "No trained model" in message
