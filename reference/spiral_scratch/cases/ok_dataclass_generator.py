# A dataclass beside the dict, einsum, batches from a generator function, heavy-ball steps in place, returns losses too.
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(slots=True)
class Net:
    W1: Array
    b1: Array
    W2: Array
    b2: Array

    def hidden(self, x: Array) -> Array:
        return np.einsum("nd,dh->nh", x, self.W1) + self.b1

    def out(self, z: Array) -> Array:
        return np.reciprocal(1.0 + np.exp(-(z.clip(0) @ self.W2 + self.b2)))

    def slopes(self, x: Array, y: Array) -> Net:
        z = self.hidden(x)
        e = np.divide(self.out(z) - y, x.shape[0])
        back = np.where(z > 0, np.einsum("no,ho->nh", e, self.W2), 0.0)
        return Net(
            np.einsum("nd,nh->dh", x, back), back.sum(0), np.einsum("nh,no->ho", z.clip(0), e), e.sum(0)
        )


def init_params(hidden: int, seed: int) -> dict[str, Array]:
    rng = np.random.Generator(np.random.PCG64([seed, hidden]))
    return {
        "W1": rng.standard_normal((2, hidden)),
        "b1": rng.uniform(-0.5, 0.5, hidden),
        "W2": rng.standard_normal((hidden, 1)) * (2 / hidden) ** 0.5,
        "b2": np.zeros(1),
    }


def forward(params: dict[str, Array], X: Array) -> Array:
    net = Net(**params)
    return net.out(net.hidden(X))


def backward(params: dict[str, Array], X: Array, y: Array) -> dict[str, Array]:
    return asdict(Net(**params).slopes(X, y))


def batches(count: int, epochs: int, rng: np.random.Generator) -> Iterator[Array]:
    for _ in range(epochs):
        yield from np.array_split(rng.permutation(count), max(count // 64, 1))


def train(X: Array, y: Array, hidden: int, lr: float, epochs: int, seed: int):
    net = Net(**init_params(hidden, seed))
    speed = [np.zeros_like(each) for each in astuple(net)]
    losses = []
    for rows in batches(len(X), epochs, np.random.default_rng(seed + 1)):
        for v, p, g in zip(speed, (net.W1, net.b1, net.W2, net.b2), astuple(net.slopes(X[rows], y[rows]))):
            v *= 0.8
            v -= 0.2 * lr * g
            p += v
        losses.append(float(np.abs(net.out(net.hidden(X[rows])) - y[rows]).mean()))
    return asdict(net), losses
