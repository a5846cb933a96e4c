"""A photograph's place in latent space: the latent whose picture looks most like it.

For a learned space (StyleGAN2's w) it is the method of Karras et al. 2020, appendix D: start from the average, move by
Adam against a perceptual distance (LPIPS on VGG16) with a learning rate that ramps up and down, add noise to w that
fades, and move the noise maps as well but keep them noise-like, so that they do not take the picture over. Where the
latent is drawn from a normal distribution (z), the start is the best of some seeds, and z stays near the sphere where
such numbers lie (Menon et al. 2020, "PULSE").
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.latent_space import Pictures, latent_space, latents_of, pictures, point_of_seed, save_latent
from ganvas.curate.images.decode import DecodeOptions, PictureError, open_image
from ganvas.errors import UserError
from ganvas.inference.picture_files import is_picture_file, write_picture
from ganvas.inference.translate import prepare_picture
from ganvas.models.batches import to_float
from ganvas.models.family import Family
from ganvas.models.perceptual import load_lpips

Space = Literal["shared", "layers"]
Distance = Callable[[Tensor, Tensor], Tensor]  # two float [N, C, H, W] in [-1, 1] → [N]

SAMPLES = 10_000  # latents that say where the middle is and how far they scatter (the paper's number)
TRIED = 128  # seeds of which the best is the start, in a space of z
LR = 0.1
RAMP_UP, RAMP_DOWN = 0.05, 0.25  # shares of the steps
FADE = 0.75  # share of the steps after which no noise is added to the latent
NOISE = 0.05  # noise on the latent at the start, in deviations
SHELL = 2.0  # how far z may leave the sphere: lengths of normal vectors scatter by 0.7, whatever their dimension
QUIET = 1e5  # weight of what keeps the noise maps noise-like
SHOWN = (0.02, 0.05, 0.1, 0.25, 0.5, 1.0)  # shares of the steps that the sheet shows
LEAST, MOST = 64, 256  # pixels between which pictures are compared


class Step(NamedTuple):
    """Where the search stands."""

    number: int  # from 1
    total: int
    distance: float
    latent: Tensor  # float [layers, dim]


def project(
    family: Family,
    target: Pictures,
    distance: Distance,
    *,
    steps: int = 1000,
    space: Space = "shared",
    label: int | None = None,
    seed: int = 0,
) -> Iterator[Step]:
    """Look for the latent of a picture; stop iterating and it stops.

    Args:
        target: uint8 [H, W, C], prepared as the family's training pictures were.
        distance: Differentiable, such as ``load_lpips("vgg")``.
        space: One latent that all layers share (w), or one for each layer (w+): nearer to the picture, but
            further from what was trained, so that moving it on works less well.
        label: The class to begin in; None: the one that begins nearest.
        seed: Of the noise; the same, the same result.

    Raises:
        UserError: The family has no latent space, or the number of steps is out of range.
    """
    latent_space(family)
    if not 1 <= steps <= 10_000:
        raise UserError(f"--steps is from 1 to 10000, not {steps}.")
    return _search(copy.deepcopy(family).eval().requires_grad_(False), target, distance, steps, space, label, seed)


def _search(
    family: Family, target: Pictures, distance: Distance, steps: int, space: Space, label: int | None, seed: int
) -> Iterator[Step]:
    drawn = torch.Generator().manual_seed(seed)
    wanted = _sized(to_float(target[None]))
    start, scatter = _start(family, wanted, distance, label)
    layers = len(start)
    searched = latent_space(family)
    free = searched.normal_dim or start.shape[1]
    fixed = start[:, free:]  # the class, and what else is not searched for
    # z of several layers is several parts of one latent; a w that layers share is one.
    alone = bool(searched.normal_dim) or space == "layers"
    moved = (start if alone else start.mean(0, keepdim=True))[:, :free].clone().requires_grad_()
    grains = searched.noise_buffers()
    for grain in grains:
        grain.copy_(torch.randn(grain.shape, generator=drawn)).requires_grad_()
    optimizer = torch.optim.Adam([moved, *grains], lr=LR)
    radius = math.sqrt(moved.numel())
    best: Step | None = None
    for number in range(steps):
        done = number / steps
        optimizer.param_groups[0]["lr"] = LR * _ramp(done)
        fade = max(0.0, 1 - done / FADE) ** 2
        noise = torch.randn(moved.shape, generator=drawn) * (scatter * NOISE * fade)
        here = torch.cat([moved.detach().expand(layers, -1), fixed], 1).clone()
        latent = torch.cat([(moved + noise).expand(layers, -1), fixed], 1)
        near = distance(_sized(searched.decode(latent[None])), wanted).sum()
        loss = near + QUIET * sum((_likeness(grain) for grain in grains), torch.zeros(()))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for grain in grains:
                grain.sub_(grain.mean()).mul_(grain.square().mean().clamp(min=1e-12).rsqrt())
            if searched.normal_dim:
                length = moved.norm().clamp(min=1e-12)
                moved.mul_(length.clamp(max(radius - SHELL, 0.0), radius + SHELL) / length)
        reached = float(near.detach())
        # With noise on it a distance says little; once that has faded, the nearest so far is kept.
        if fade or best is None or reached < best.distance:
            best = Step(number + 1, steps, reached, here)
        yield best._replace(number=number + 1)


def _ramp(done: float) -> float:
    """The learning rate's share: up in a line, down along a cosine."""
    down = min(1.0, (1 - done) / RAMP_DOWN)
    return (0.5 - 0.5 * math.cos(down * math.pi)) * min(1.0, done / RAMP_UP)


def _likeness(grain: Tensor) -> Tensor:
    """How much neighbours in a noise map are alike, at all scales down to 8 × 8 (Karras et al. 2020, eq. 6)."""
    total = torch.zeros(())
    level = grain[None, None]
    while True:
        for axis in (2, 3):
            total = total + (level * level.roll(1, axis)).mean().square()
        if level.shape[2] <= 8:
            return total
        level = F.avg_pool2d(level, 2)


def _sized(picture: Tensor) -> Tensor:
    """Brought between the sides at which pictures are compared."""
    side = picture.shape[2]
    if side > MOST:
        return F.interpolate(picture, (MOST, MOST), mode="area")
    if side < LEAST:
        return F.interpolate(picture, (LEAST, LEAST), mode="bilinear", align_corners=False)
    return picture


@torch.no_grad()
def _start(family: Family, wanted: Tensor, distance: Distance, label: int | None) -> tuple[Tensor, float]:
    """→ the latent [layers, dim] to begin with, and how far noise goes around it."""
    classes = range(max(len(family.data.classes), 1)) if label is None else (label,)
    if latent_space(family).normal_dim:
        tried = latents_of(family, [point_of_seed(family, seed, classes[seed % len(classes)]) for seed in range(TRIED)])
        return _nearest(family, tried, wanted, distance), 1.0
    each = max(SAMPLES // len(classes), 64)
    middles, spread = [], 0.0
    for one in classes:
        latent = latents_of(family, [point_of_seed(family, seed, one) for seed in range(each)])
        middle = latent.mean(0)
        middles.append(middle)
        spread += float((latent[:, 0] - middle[0]).square().sum(1).mean()) / len(classes)
    return _nearest(family, torch.stack(middles), wanted, distance), math.sqrt(spread)


def _nearest(family: Family, latent: Tensor, wanted: Tensor, distance: Distance) -> Tensor:
    if len(latent) == 1:
        return latent[0]
    far = [distance(_sized(latent_space(family).decode(one[None])), wanted) for one in latent]
    return latent[int(torch.cat(far).argmin())]


def psnr(one: Pictures, other: Pictures) -> float:
    """Peak signal-to-noise ratio in dB of two pictures uint8."""
    error = float((torch.from_numpy(one.copy()).double() - torch.from_numpy(other.copy())).square().mean())
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def projection_sheet(family: Family, target: Pictures, found: Sequence[Step], done: Projection) -> Pictures:
    """The photograph, its projection, and how the search came there."""
    way = list(pictures(family, torch.stack([step.latent for step in found[:-1]]))) if found[1:] else []
    columns = ["photograph", "projection", *(f"step {step.number}" for step in found[:-1])]
    note = f"LPIPS {done.lpips:.3f}, PSNR {done.psnr:.1f} dB after {found[-1].number} steps."
    return sheet([[target, done.picture, *way]], (), columns, note)


class Projection(NamedTuple):
    """What a search has come to; the picture is made with the generator's own noise."""

    latent: Tensor  # float [layers, dim]
    picture: Pictures
    lpips: float
    psnr: float


def project_file(
    family: Family,
    photograph: Path,
    output: Path,
    *,
    steps: int = 1000,
    space: Space = "shared",
    label: int | None = None,
    seed: int = 0,
    stretch: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Projection:
    """Project a picture file and write its latent, the projection and a sheet; see :func:`projection_files`.

    Args:
        stretch: Take the whole picture, not the part the training pictures were cut to.

    Raises:
        UserError: The file is no picture, the weights of LPIPS cannot be had, or the folder cannot be written.
    """
    latent_space(family)
    data = family.data
    try:
        target = prepare_picture(data, open_image(photograph, DecodeOptions.of(data)), prepared=stretch)
    except (PictureError, OSError) as error:
        raise UserError(f"{photograph} cannot be projected ({error}); give a picture.") from None
    distance = load_lpips("vgg")
    shown: list[Step] = []
    wanted = {max(1, round(steps * share)) for share in SHOWN}
    for step in project(family, target, distance, steps=steps, space=space, label=label, seed=seed):
        if step.number in wanted:
            shown.append(step)
        if progress is not None:
            progress(step.number, step.total)
    done = judged(family, target, shown[-1].latent, distance)
    about = {"photograph": photograph.name, "steps": str(steps), "space": space, "lpips": f"{done.lpips:.4f}"}
    files = projection_files(output)
    save_latent(files.latent, done.latent, about)
    write_picture(files.picture, done.picture)
    write_picture(files.sheet, projection_sheet(family, target, shown, done))
    return done


class ProjectionFiles(NamedTuple):
    """Where a projection is written."""

    latent: Path
    picture: Path
    sheet: Path


def projection_files(output: Path) -> ProjectionFiles:
    """The files of a projection: in a folder, or beside the picture where ``output`` is that of a picture.

    Raises:
        UserError: It has the ending of a picture that is not written.
    """
    if is_picture_file(output):
        sheet_file = output.with_name(f"{output.stem}-sheet{output.suffix}")
        return ProjectionFiles(output.with_suffix(".safetensors"), output, sheet_file)
    return ProjectionFiles(output / "latent.safetensors", output / "projection.png", output / "sheet.png")


@torch.no_grad()
def judged(family: Family, target: Pictures, latent: Tensor, distance: Distance) -> Projection:
    """The picture at a latent, and how near it comes to the target."""
    picture = next(pictures(family, latent[None]))
    far = distance(_sized(to_float(picture[None])), _sized(to_float(target[None])))
    return Projection(latent, picture, float(far), psnr(picture, target))
