"""What beginners run into, error by error: each is explained, and by its own cause.

The rows are raised by the torch that is installed; what needs a GPU, a worker or another machine is
told by its text. A row names what its sentence must hold: the cause, what to do and, where a cure
is common that only silences it, that it does.
"""

from __future__ import annotations

import pytest

from test_crashes import PICTURE, WEIGHT, _own_main, crash_of
from test_crashes_surroundings import told

__all__ = ["_own_main"]

LOGITS = "x, y = torch.randn(8, 10), torch.arange(8)\n"
DATA = "from torch.utils.data import DataLoader, TensorDataset, Dataset, random_split\n"
LOADER = DATA + "loader = DataLoader(TensorDataset(torch.ones(8, 3), torch.ones(8)), 4)\n"
PLOT = "import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\n"
NET = """\
class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)
    def {forward}(self, x):
        {body}
net = N()
"""
HALF_MADE = "class N(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(3, 2)\nN()"
CONV = "net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten({at}), "

RAISED = [
    # C1 to C5: shapes
    ("nn.Linear(784, 10)(torch.randn(8, 1, 28, 28))", "takes inputs with 784 numbers"),
    (
        CONV.format(at="") + "nn.Linear(6272, 10))\nnet(torch.randn(8, 1, 28, 28))",
        "takes inputs with 6272 numbers in the last dimension and got 1352",
    ),
    ("nn.Conv2d(3, 8, 3)(torch.randn(4, 32, 32, 3))", "permute(0, 3, 1, 2)"),
    (
        CONV.format(at=1) + "nn.Linear(1352, 10))\nnet(torch.randn(1, 28, 28))",
        "unsqueeze(0)",
    ),
    (LOGITS + "F.cross_entropy(x.view(-1, 5), y)", "16 samples and targets for 8"),
    # C6 to C14: losses and targets
    (LOGITS + "F.cross_entropy(x, F.one_hot(y, 10))", "class numbers have the shape (N,)"),
    (LOGITS + "F.cross_entropy(x, y.float())", ".long() converts them"),
    (LOGITS + "F.cross_entropy(x, y.unsqueeze(1))", "squeeze them"),
    (LOGITS + "F.cross_entropy(x, y + 3)", "the labels are numbered wrongly"),
    (LOGITS + "nn.CrossEntropyLoss()(y, x)", "scores first, the targets second"),
    (LOGITS + "nn.CrossEntropyLoss(x, y)", "called with the batch"),
    ("nn.BCELoss()(torch.tensor([3.0]), torch.ones(1))", "BCEWithLogitsLoss"),
    ("nn.BCELoss()(torch.rand(8, 1), torch.ones(8))", "shape [8, 1] are compared with targets"),
    ("nn.BCELoss()(torch.rand(8), torch.ones(8).long())", ".float()"),
    # C15 to C21: dtypes, arrays, lists
    ("nn.Linear(3, 2)(torch.from_numpy(np.random.rand(4, 3)))", "NumPy often come as float64"),
    ("nn.Conv2d(1, 2, 3)(torch.zeros(2, 1, 5, 5, dtype=torch.uint8))", "x.float() / 255"),
    ("nn.Linear(3, 2)(np.zeros((4, 3)))", "class numpy.ndarray was given; torch.tensor"),
    ("nn.Linear(3, 2)([torch.zeros(3)])", "class list was given"),
    ("torch.max(np.ones((2, 3)), dim=1)", "No form of max() takes (numpy.ndarray, dim=int)"),
    ("torch.from_numpy(np.array([1, 'a'], dtype=object))", "numbers of one kind"),
    ("torch.tensor([[1, 2], [3]])", "different lengths (2 and 1)"),
    # C22 to C34: gradients
    (WEIGHT + "with torch.no_grad():\n  l = w.sum()\nl.backward()", "trains nothing"),
    (LOGITS + "(x.argmax(1) - y).abs().float().mean().backward()", "argmax"),
    (WEIGHT + "w.sum().item().backward()", "plain number and no tensor any more"),
    (WEIGHT + "F.mse_loss(w, torch.ones(3), reduction='none').backward()", "take its mean"),
    (WEIGHT + "l = w.exp().sum()\nl.backward()\nl.backward()", "retain_graph=True silences"),
    (
        WEIGHT + "o = w.exp()\nfor i in range(2):\n  o.sum().backward()",
        "compute the loss anew for every backward()",
    ),
    (
        WEIGHT
        + "h = torch.ones(3)\nfor i in range(2):\n  h = (h * w).tanh()\n  h.sum().backward()",
        "detach what is carried over",
    ),
    (WEIGHT + "s = w.sigmoid()\ns += 1\ns.sum().backward()", "y = y + 1, not y += 1"),
    (WEIGHT + "w -= 0.1", "belongs inside torch.no_grad()"),
    (
        WEIGHT + "for i in range(2):\n  w.sum().backward()\n  w = w - 0.1 * w.grad",
        "w is not a leaf",
    ),
    (WEIGHT + "(w * 2).numpy()", "take .detach() first"),
    (PLOT + WEIGHT + "plt.plot([w.sum(), w.sum()])", "plots need that too"),
    (LOGITS + "if (x.argmax(1) == y): pass", "reduce it first with .all(), .any()"),
    # C35 to C42: modules and optimizers
    (HALF_MADE, "call super().__init__()"),
    (NET.format(forward="foward", body="return x") + "net(1)", "Did you mean forward"),
    (
        NET.format(forward="forward", body="self.fc(x)")
        + "F.cross_entropy(net(torch.ones(2, 3)), torch.tensor([0, 1]))",
        "forward() without a return gives None",
    ),
    ("torch.optim.SGD([p for l in [] for p in l], lr=1)", "a plain list of layers"),
    (
        "net = nn.Sequential(nn.Flatten(), nn.Linear(2, 1))\ntorch.optim.Adam(net)",
        "net.parameters()",
    ),
    ("w = torch.randn(3, requires_grad=True) * 0.1\ntorch.optim.SGD([w], 0.1)", "make the values"),
    ("nn.Linear(3, 2)(nn.ReLU(torch.ones(2, 3)))", "in nn.ReLU()(x)"),
    ("import tqdm\ntqdm(range(3))", "from tqdm import tqdm"),
    # C43 to C55: loaders and data sets
    (LOADER + "iter(loader).next()", "next(dataiter) for dataiter.next()"),
    (LOADER + "next(loader)", "next(iter(loader))"),
    (LOADER + "loader[0]", "loader.dataset[0]"),
    (PICTURE + "next(iter(torch.utils.data.DataLoader([p])))", "ToTensor() as its transform"),
    (
        DATA + "next(iter(DataLoader([torch.ones(1, 20, 20), torch.ones(1, 21, 20)], 2)))",
        "Resize",
    ),
    (PICTURE + "T.Compose([T.Normalize([0.5], [0.5]), T.ToTensor()])(p)", "before Normalize"),
    (
        PICTURE + "T.Normalize([0.1] * 3, [0.2] * 3)(torch.ones(1, 28, 28))",
        "one channel",
    ),
    (DATA + "DataLoader(TensorDataset(torch.ones(8)[:0]), shuffle=True)", "has no samples"),
    (DATA + "TensorDataset(torch.ones(8), torch.ones(5))", "one label for each input"),
    (DATA + "random_split(TensorDataset(torch.ones(8)), [5, 5])", "whose sum is len(data)"),
    (LOADER + "for a, b, c in loader: pass", "number of names on the left"),
    (LOADER + "for i, (a, b) in loader: pass", "enumerate"),
    ("from torchvision.datasets import EMNIST\nEMNIST('none', 'mnist')", "is not there"),
    # C56 to C61: saved weights and devices
    (
        "nn.Linear(3, 2).load_state_dict(nn.Linear(3, 3).state_dict())",
        "some tensors have other shapes than the model's",
    ),
    ("nn.Linear(3, 2).load_state_dict('m.pt')", "torch.load('m.pt')"),
    (
        "torch.save(nn.Linear(1, 1), 'm.pt')\ntorch.load('m.pt')",
        "save model.state_dict() and not the model itself",
    ),
    ("torch.load('best_model.pth')", "best_model.pth is not there"),
    ("torch.ones(2).to('gpu')", "gpu is no name of a device"),
    # C65 to C77: layers, schedules, plots, names
    ("nn.BatchNorm1d(4)(torch.ones(1, 4))", "more than one sample"),
    ("nn.BatchNorm2d(8)(torch.ones(2, 8))", "takes 4D inputs and got 2D"),
    (
        WEIGHT + "torch.optim.lr_scheduler.ReduceLROnPlateau(torch.optim.SGD([w], 1)).step()",
        "step(val_loss)",
    ),
    (
        WEIGHT + "o = torch.optim.SGD([w], 1)\n"
        "torch.optim.lr_scheduler.ReduceLROnPlateau(o, verbose=True)",
        "verbose",
    ),
    ("torch.ones(2, 3).permute(1, 0).view(6)", "reshape() can"),
    (LOGITS + "(x.argmax(1) == y).mean()", "convert it with .float()"),
    (PLOT + "plt.imshow(torch.ones(1, 28, 28))", "squeeze()"),
    (PLOT + "plt.plot(range(3), [1, 2])", "3 values and 2"),
    ("nn.Embedding(5, 3)(torch.tensor([5]))", "below num_embeddings"),
    ("nn.Embedding(5, 3)(torch.tensor([1.0]))", "whole numbers"),
    (LOGITS + "(torch.max(x, 1) == y).sum()", "max(dim=…)"),
    (WEIGHT + "torch.optim.SGD([w], 1).zerograd()", "Did you mean zero_grad"),
    (WEIGHT + "w.sum().backwards()", "Did you mean backward"),
    # C78 to C81
    ("y_pred", "defined later"),
    ("import torchtext_of_old", "only the file handed in"),
    (
        "nn.utils.rnn.pack_padded_sequence(torch.ones(2, 3, 1), torch.tensor(3))",
        "one whole number for each sequence",
    ),
    (NET.format(forward="forward", body="return x") + "net.head", "This N has no head"),
    # near misses of other names
    ("nn.Sofmax(1)", "Did you mean Softmax"),
    ("class N:\n  layer = 1\nN().layers", "Did you mean layer"),
    ("optimizer = 1\noptimiser", "Did you mean optimizer"),
    ("net = nn.Linear(1, 1)\nnet.paramaters()", "Did you mean parameters"),
    # f-strings
    ("f'{torch.ones(3):.2f}'", ".item()"),
]


@pytest.mark.parametrize(("source", "said"), RAISED, ids=[source[-40:] for source, _ in RAISED])
def test_a_beginners_error_is_explained(source: str, said: str) -> None:
    """The sentence names the cause and what to do about it."""
    crash = crash_of(source)
    assert said in crash.explanation, (str(crash), crash.explanation, crash.values)


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        # C60, C62 to C64: a GPU, and workers
        ("RuntimeError", "Found no NVIDIA driver on your system.", "There is no GPU"),
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 20 MiB", "torch.no_grad() for"),
        ("RuntimeError", "DataLoader worker (pid(s) 17, 18) exited unexpectedly", "num_workers=0"),
        (
            "KeyError",
            "Caught KeyError in DataLoader worker process 0.\nOriginal Traceback (most recent",
            "num_workers=0",
        ),
        ("UnpicklingError", "Weights only load failed. This file", "only for a file of your own"),
    ],
)
def test_an_error_of_other_machines_is_explained(kind: str, message: str, said: str) -> None:
    """By the words that torch uses there."""
    assert said in told(kind, message)


@pytest.mark.parametrize(
    ("source", "never"),
    [
        ("torch.ones(2).astype(float)", "Did you mean"),
        ("class N: pass\nn = N()\nn.fc1 = 1\nn.fc2", "Did you mean"),
        ("[torch.ones(2)].shape", "Did you mean"),
        ("q", "Did you mean"),
        ("class N(nn.Module): pass\nN()(1)", "Did you mean"),
        ("import math\nmath(3)", "tqdm"),
        ("nn.Conv2d(3, 8, 3)(torch.randn(4, 1, 32, 32))", "permute"),
    ],
)
def test_no_near_miss_is_made_up(source: str, never: str) -> None:
    """A name is offered only where it is nearly the one that was written."""
    assert never not in crash_of(source).explanation


def test_no_code_of_the_program_runs_for_a_near_miss() -> None:
    """Names are read where classes and objects keep them."""
    crash = crash_of(
        "ran = []\n"
        "class Odd:\n"
        "    def __getattr__(self, name):\n"
        "        ran.append(name)\n"
        "        raise AttributeError(f'no {name}', name=name, obj=self)\n"
        "    def __dir__(self): ran.append('dir')\n"
        "    def forward(self): pass\n"
        "odd = Odd()\n"
        "try:\n    odd.foward\nexcept AttributeError as error:\n    caught = error\n"
        "ran.clear()\n"
        "raise caught if not ran else ValueError(ran)\n"
    )
    assert crash.type == "AttributeError"
    assert ("did you mean", "forward") in crash.values
