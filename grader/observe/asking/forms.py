"""How the student's own program turns a raw image into a model's input.

Runs in the student's process. From a few images that are known by their content, and the
inputs that the program made of them, the map is fitted: an affine one (scaling and
normalisation), else any map of single pixel values (a threshold, a power).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from grader.observe.looking import MISSING, attribute

IMAGE = 28 * 28
DEPTH = 8
LEVELS = 256
CLOSE = 1e-3
MEAN, SPREAD = 0.1307, 0.3081

Transform = Callable[[Any], Any]


@dataclass(frozen=True)
class Form:
    """The shape, type and pixel values of a model's input.

    ``values``: what each of the 256 grey levels becomes, float64 (256,).
    """

    trailing: tuple[int, ...]
    dtype: torch.dtype
    device: torch.device
    values: torch.Tensor
    is_fitted: bool

    def apply(self, images: torch.Tensor) -> torch.Tensor:
        """Raw images (N, 28, 28), uint8, as the model's input (N, *trailing)."""
        flat = self.values[images.reshape(len(images), -1).long()]
        return flat.to(self.dtype).reshape(len(images), *self.trailing).to(self.device)


@dataclass(frozen=True)
class Through:
    """The inputs that data sets' own transforms make of an image, where no map of pixels does."""

    trailing: tuple[int, ...]
    dtype: torch.dtype
    device: torch.device
    transforms: list[Transform]
    is_fitted: bool = True

    @classmethod
    def of(cls, batch: torch.Tensor, transform: Transform) -> Through:
        """The form of ``batch``, which a loader has made by ``transform``."""
        return cls(tuple(batch.shape[1:]), batch.dtype, batch.device, [transform])

    def add(self, transform: Transform) -> None:
        """Know of another one that makes such inputs."""
        if not any(transform is one for one in self.transforms):
            self.transforms.append(transform)

    def apply(self, images: torch.Tensor) -> torch.Tensor:
        """As `Form.apply`; by the first transform that has nothing random in it."""
        steady = (one for one in self.transforms if _is_steady(one, images[0]))
        chosen = next(steady, self.transforms[-1])
        made = torch.stack([_made(chosen, image) for image in images])
        return made.reshape(len(images), *self.trailing).to(self.device, self.dtype)


def transform_of(dataset: Any) -> Transform | None:
    """The transform of a data set of pictures, or of the one inside a subset."""
    for _ in range(DEPTH):
        transform = attribute(dataset, "transform")
        if transform is not MISSING and callable(transform):
            found: Transform = transform
            return found
        dataset = attribute(dataset, "dataset")
    return None


def _made(transform: Transform, image: torch.Tensor) -> torch.Tensor:
    return torch.as_tensor(transform(Image.fromarray(image.cpu().numpy())))


def _is_steady(transform: Transform, image: torch.Tensor) -> bool:
    return torch.equal(_made(transform, image), _made(transform, image))


AnyForm = Form | Through


def fit(batch: torch.Tensor, raw: list[tuple[int, torch.Tensor]]) -> Form:
    """The form of ``batch``, given the raw image behind some of its rows, by row number.

    Without raw images, or if no map of single pixels explains the rows, the custom of MNIST
    is taken: scaled to 0…1 and normalised with its mean and spread.
    """
    levels = torch.arange(LEVELS, dtype=torch.float64, device="cpu")
    values, fitted = (levels / 255 - MEAN) / SPREAD, False
    pairs = [
        (image.reshape(-1).long().cpu(), batch[row].detach().reshape(-1).double().cpu())
        for row, image in raw
        if batch[row].numel() == image.numel()
    ]
    if pairs:
        grey = torch.cat([pair[0] for pair in pairs])
        seen = torch.cat([pair[1] for pair in pairs])
        found = _affine(grey, seen, levels)
        found = found if found is not None else _by_level(grey, seen, levels)
        if found is not None:
            values, fitted = found, True
    return Form(tuple(batch.shape[1:]), batch.dtype, batch.device, values, fitted)


def _affine(grey: torch.Tensor, seen: torch.Tensor, levels: torch.Tensor) -> torch.Tensor | None:
    x = grey.double()
    spread = x - x.mean()
    square = float(spread @ spread)
    if square == 0.0:
        return None
    slope = float(spread @ seen) / square
    offset = float(seen.mean()) - slope * float(x.mean())
    error = float((slope * x + offset - seen).abs().max())
    reach = float(seen.max() - seen.min())
    return slope * levels + offset if error <= CLOSE * max(reach, 1e-12) else None


def _by_level(grey: torch.Tensor, seen: torch.Tensor, levels: torch.Tensor) -> torch.Tensor | None:
    """The mean of what each level became, levels between filled in; None if not one value."""
    count = torch.bincount(grey, minlength=LEVELS).double()
    total = torch.bincount(grey, weights=seen, minlength=LEVELS)
    known = count > 0
    mean = total / count.clamp(min=1)
    reach = float(seen.max() - seen.min())
    if float((mean[grey] - seen).abs().max()) > CLOSE * max(reach, 1e-12):
        return None
    at = levels[known]
    right = torch.searchsorted(at, levels).clamp(max=len(at) - 1)
    left = (right - 1).clamp(min=0)
    gap = (at[right] - at[left]).clamp(min=1)
    share = ((levels - at[left]) / gap).clamp(0, 1)
    return torch.lerp(mean[known][left], mean[known][right], share)
