"""What the recorder adds to a training step: bare against recorded, in one run.

    python benchmarks/recorder.py [--segments N]

Two small networks (784-256-10 and 784-256-128-10) and a small CNN, batch 64, SGD, one thread,
images from a DataLoader as in the exercises, whose own time is left out. Three trainings, bare,
recorded and bare again, advance in turns by segments of a hundred steps, so that a busy moment of
the machine meets all of them. A segment counts by the median of its steps, and the figure is the
ratio of the medians over segments: a step in which other programs ran is no measure of ours. Bare
against bare is the noise.

The recorder is put in place anew for each recorded segment, and Python runs a new function slowly
for some dozens of calls. A training has it put in place once; segments of twenty steps told 2 to 4
points more than it meets.

The clock is one that costs no system call: the thread's own processor time does, and what such a
call throws out of the cache in the middle of a step was 3 points of the ratio.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.observe.recorder import Recorder

SIZES = ((784, 256, 10), (784, 256, 128, 10), ())
BATCH = 64
SEGMENT = 100
EPOCH = 125


def network(sizes: tuple[int, ...]) -> nn.Sequential:
    """A plain stack of linear layers with ReLU between; without sizes, a small CNN."""
    if not sizes:
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(32 * 7 * 7, 10),
        )  # fmt: skip
    layers: list[nn.Module] = [nn.Flatten()]
    for fan_in, fan_out in itertools.pairwise(sizes):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def loader(steps: int) -> DataLoader[tuple[torch.Tensor, ...]]:
    """``steps`` batches of noise in the shape of MNIST."""
    images = torch.randn(steps * BATCH, 1, 28, 28)
    labels = torch.randint(0, 10, (steps * BATCH,))
    return DataLoader(TensorDataset(images, labels), BATCH)


def train(sizes: tuple[int, ...], data: DataLoader[tuple[torch.Tensor, ...]]) -> Iterator[float]:
    """Train for ever; yield the seconds of the median step of each segment."""
    model = network(sizes)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    spent: list[float] = []
    while True:
        for images, labels in data:
            start = time.perf_counter()
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            spent.append(time.perf_counter() - start)
            if len(spent) == SEGMENT:
                yield statistics.median(spent)
                spent = []


def compare(sizes: tuple[int, ...], segments: int) -> None:
    """Print one line: microseconds per step, bare and recorded, and their ratio."""
    data = loader(EPOCH)
    runs = {name: train(sizes, data) for name in ("bare", "recorded", "again")}
    times: dict[str, list[float]] = {name: [] for name in runs}
    recorder = Recorder(lambda _rows: None, {__file__: ("recorder.py", None)})
    for turn in range(segments):
        names = list(runs)
        for name in names[turn % 3 :] + names[: turn % 3]:
            if name == "recorded":
                recorder.install()
            times[name].append(next(runs[name]))
            recorder.uninstall()
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(
        f"{'-'.join(map(str, sizes)) or 'CNN':>16}  bare {middle['bare'] * 1e6:7.1f} us"
        f"  recorded {middle['recorded'] * 1e6:7.1f} us"
        f"  ratio {middle['recorded'] / middle['bare']:.3f}"
        f"  (bare against bare {middle['again'] / middle['bare']:.3f})"
    )


def main() -> None:
    """Read the options and compare the networks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--segments", type=int, default=45, help="of a hundred steps each")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    for sizes in SIZES:
        compare(sizes, options.segments)


if __name__ == "__main__":
    main()
