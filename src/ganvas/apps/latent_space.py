"""Points in a latent space: from seeds and classes, interpolated, and saved as files.

The family defines its latents (:class:`ganvas.models.capabilities.HasLatentSpace`): float [layers, dim], z in most
families, the styles w in StyleGAN2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.inference.generate import check_psi, class_number
from ganvas.models.batches import SynthesisRequest, latents, to_uint8
from ganvas.models.capabilities import HasLatentSpace
from ganvas.models.family import Family

Pictures = NDArray[np.uint8]

BATCH_SIZE = 16  # pictures in one batch
MAX_POINTS = 1000  # points in one list


class LatentPoint(NamedTuple):
    """A seed with its class, or a saved latent."""

    name: str
    seed: int = 0
    label: int = 0
    latent: Tensor | None = None  # float [layers, dim]


# ── Points ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def parse_points(text: str, family: Family, class_name: str | None = None) -> list[LatentPoint]:
    """Read a list such as ``1,2,5-8:dog,me.safetensors``: seeds, ranges of seeds, each with a class, and saved latents.

    A seed without a class has the class ``class_name``, or the one that ``ganvas generate`` gives it: classes take
    turns.

    Raises:
        UserError: An item cannot be read, or names a class or a file that is not there.
    """
    latent_space(family)
    fallback = class_number(family.data.classes, class_name)
    found: list[LatentPoint] = []
    for item in (part.strip() for part in text.split(",")):
        if item.lower().endswith(".safetensors"):
            path = Path(item)
            found.append(LatentPoint(path.stem, latent=load_latent(path, family)))
            continue
        match = re.fullmatch(r"(\d{1,15})(?:-(\d{1,15}))?(?::(.+))?", item)
        if match is None:
            raise UserError(
                f"{item!r} is not a point of latent space; write seeds such as 3, ranges such as 3-8, "
                "both with a class such as 3:dog, or FILE.safetensors."
            )
        first, last, name = int(match[1]), int(match[2] or match[1]), match[3]
        if not 0 <= last - first < MAX_POINTS:
            raise UserError(f"{item!r} goes from {first} to {last}; name at most {MAX_POINTS} seeds, the lowest first.")
        label = fallback if name is None else class_number(family.data.classes, name)
        found += [point_of_seed(family, seed, label) for seed in range(first, last + 1)]
    return found


def point_of_seed(family: Family, seed: int, label: int | None = None) -> LatentPoint:
    """The point of a seed; consecutive seeds take the classes in turn where ``label`` is None."""
    classes = family.data.classes
    if not classes:
        return LatentPoint(str(seed), seed)
    number = seed % len(classes) if label is None else label
    return LatentPoint(f"{seed} {classes[number]}", seed, number)


def latent_space(family: Family) -> HasLatentSpace:
    """The family as one that has a latent space.

    Raises:
        UserError: It has none, because it makes no pictures from seeds.
    """
    if not isinstance(family, HasLatentSpace):
        raise UserError(
            "This model has no latent space of pictures to walk in; take one that makes pictures from seeds.",
            code="model-without-latent-space",
        )
    return family


@torch.no_grad()
def latents_of(family: Family, points: Sequence[LatentPoint], psi: float = 1.0) -> Tensor:
    """Latents float [N, layers, dim]; ``psi`` truncates seeds; saved latents stay as they are.

    Raises:
        UserError: The family has no truncation.
    """
    check_psi(family, psi)
    z = torch.from_numpy(latents([point.seed for point in points], family.z_dim))
    y = torch.tensor([point.label for point in points])
    found = latent_space(family).latent(SynthesisRequest(z, y, torch.full((len(points),), float(psi)))).clone()
    for index, point in enumerate(points):
        if point.latent is not None:
            found[index] = point.latent
    return found


@torch.inference_mode()
def pictures(family: Family, latent: Tensor) -> Iterator[Pictures]:
    """Decode latents [N, layers, dim] to pictures uint8 [H, W, C], one by one."""
    space = latent_space(family)
    for part in torch.split(latent, BATCH_SIZE):
        yield from to_uint8(space.decode(part)).numpy()


# ── Interpolation ────────────────────────────────────────────────────────────────────────────────────────────────────


def blend(family: Family, start: Tensor, end: Tensor, share: Tensor) -> Tensor:
    """Latents [T, layers, dim] from ``start`` to ``end`` [layers, dim], at shares [T] of the way.

    What is drawn from a normal distribution is turned along the sphere, where nearly all of such numbers lie (White
    2016, "Sampling generative networks", §2.1): halfway of a straight line lies inside, where nothing was trained. The
    rest, and all of a learned space such as w, goes straight.
    """
    share = share[:, None, None].to(start)
    straight = torch.lerp(start.expand(len(share), -1, -1), end.expand(len(share), -1, -1), share)
    count = latent_space(family).normal_dim
    if not count:
        return straight
    one, other = start[:, :count], end[:, :count]
    cosine = torch.sum(one * other) / (one.norm() * other.norm()).clamp(min=1e-12)
    angle = torch.arccos(cosine.clamp(-1, 1))
    if float(torch.sin(angle)) < 1e-4:  # the same direction, or opposite ones, between which no way is shortest
        return straight
    turned = (torch.sin((1 - share) * angle) * one + torch.sin(share * angle) * other) / torch.sin(angle)
    return torch.cat([turned, straight[..., count:]], 2)


def layer_range(text: str | None, layers: int, option: str = "--layers") -> range:
    """Read ``0-3`` or ``5``; None: all.

    Raises:
        UserError: It cannot be read, or goes beyond the last layer.
    """
    if text is None:
        return range(layers)
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text.strip())
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last or last >= layers:
        raise UserError(f"{option} is a range such as 0-{layers - 1}, the lowest first, not {text!r}.")
    return range(first, last + 1)


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def save_latent(path: Path, latent: Tensor, about: dict[str, str]) -> None:
    """Write a latent [layers, dim] as a safetensors file, with metadata."""
    content = save({"latent": latent.detach().float().contiguous().clone()}, {"format": "ganvas-latent", **about})
    try:
        write_atomically(path, content)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another --output.") from None


def load_latent(path: Path, family: Family) -> Tensor:
    """Read a latent [layers, dim] of :func:`save_latent`.

    Raises:
        UserError: The file is missing or damaged, or belongs to another kind of model.
    """
    try:
        with safe_open(path, "pt") as file:
            latent: Tensor = file.get_tensor("latent")
    except (OSError, SafetensorError):
        raise UserError(f"{path} is no latent; give a file that `ganvas generate project` wrote.") from None
    return fitting(latent, family, str(path))


@torch.no_grad()
def shape_of(family: Family) -> tuple[int, int]:
    """(layers, dim) of the family's latents."""
    request = SynthesisRequest(torch.zeros(1, family.z_dim), torch.zeros(1, dtype=torch.long), torch.ones(1))
    latent = latent_space(family).latent(request)
    return latent.shape[1], latent.shape[2]


def fitting(latent: Tensor, family: Family, called: str) -> Tensor:
    """Check that the family can decode a latent, and return it.

    Raises:
        UserError: It cannot.
    """
    shape = shape_of(family)
    if tuple(latent.shape) != shape or not latent.is_floating_point() or not bool(latent.isfinite().all()):
        sizes = " × ".join(map(str, latent.shape))
        raise UserError(
            f"{called} ({sizes}) does not fit this model, whose latents are {shape[0]} × {shape[1]}; project with it.",
            code="latent-shape",
            params={"latent": called, "sizes": sizes, "layers": shape[0], "width": shape[1]},
        )
    return latent.float()
