"""Adaptive discriminator augmentation (Karras et al. 2020, "Training generative adversarial networks with limited
data"): eighteen transforms, each applied with probability ``p``, and the rule that adapts ``p``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.augment.warp import (
    SYM2,
    SYM6,
    matrix,
    readable,
    rotate,
    rotate_about_grey,
    scale,
    translate,
    warp,
)
from ganvas.models.layers.convolutions import conv2d
from ganvas.models.layers.filters import taps

_GROUPS: dict[str, tuple[str, ...]] = {
    "blit": ("xflip", "rotate90", "xint"),
    "geom": ("scale", "rotate", "aniso", "xfrac"),
    "color": ("brightness", "contrast", "lumaflip", "hue", "saturation"),
    "filter": ("imgfilter",),
    "noise": ("noise",),
    "cutout": ("cutout",),
}


def _pipe(*groups: str) -> dict[str, float]:
    return {name: 1.0 for group in groups for name in _GROUPS[group]}


# Transforms of each pipe, and the factor of p for each. The names are the paper's; ``r3gan`` is R3GAN's.
PIPES: dict[str, dict[str, float]] = {
    **{name: _pipe(name) for name in _GROUPS},
    "bg": _pipe("blit", "geom"),
    "bgc": _pipe("blit", "geom", "color"),
    "bgcf": _pipe("blit", "geom", "color", "filter"),
    "bgcfn": _pipe("blit", "geom", "color", "filter", "noise"),
    "bgcfnc": _pipe(*_GROUPS),
    "r3gan": {**_pipe("blit", "geom", "cutout"), **dict.fromkeys(_GROUPS["color"], 0.5)},
}

# Strength of each transform (appendix B): standard deviations, and ranges relative to the picture or the circle.
XINT_MAX = 0.125
SCALE_STD = 0.2
ANISO_STD = 0.2
XFRAC_STD = 0.125
BRIGHTNESS_STD = 0.2
CONTRAST_STD = 0.5
SATURATION_STD = 1.0
NOISE_STD = 0.1
CUTOUT_SIZE = 0.5
# Power of natural pictures in four octaves, highest frequencies last; band gains keep the whole power.
BAND_POWER = (10 / 13, 1 / 13, 1 / 13, 1 / 13)


class _Dice:
    """The random numbers of one call: by row of the global batch, or one quantile for all rows."""

    def __init__(self, like: Tensor, p: Tensor, quantile: float | None) -> None:
        self.count, self.device = len(like), like.device
        self.p, self.quantile = p, quantile

    def happens(self, factor: float) -> Tensor:
        """[N] bool: true with probability ``factor`` · p."""
        return self.happens_with(self.p * factor)

    def happens_with(self, probability: Tensor) -> Tensor:
        if self.quantile is not None:
            return torch.ones(self.count, dtype=torch.bool, device=self.device)
        return noise.uniform(self.count, device=self.device) < probability

    def uniform(self, *shape: int) -> Tensor:
        """[N, *shape] in [0, 1)."""
        if self.quantile is not None:
            return torch.full((self.count, *shape), self.quantile, device=self.device, dtype=self.p.dtype)
        return noise.uniform(self.count, *shape, device=self.device).to(self.p.dtype)

    def normal(self, *shape: int) -> Tensor:
        """[N, *shape], standard normal."""
        if self.quantile is not None:
            return torch.special.ndtri(self.uniform(*shape))  # type: ignore[no-any-return]
        return noise.normal(self.count, *shape, device=self.device).to(self.p.dtype)


class Ada(nn.Module):
    """The augmentation pipe: pictures float [N, C, H, W] in [-1, 1] (C 1 or 3) → the same, some of them changed.

    Differentiable any number of times in the pictures. A row to which nothing geometric happens is left alone, which
    is what the paper's pipe comes to as well (its wavelet is orthogonal). On a CPU that saves most of the time while p
    is small. On a GPU the host would have to wait to learn which rows these are, so all rows are transformed there, and
    the rows that are left alone keep their pixels.

    Args:
        pipe: A name of :data:`PIPES`, or operation → factor on p.
    """

    p: Tensor
    line: Tensor
    bands: Tensor
    band_power: Tensor

    def __init__(self, pipe: str | Mapping[str, float] = "bgc", p: float = 0.0) -> None:
        super().__init__()
        self.factors = dict(PIPES[pipe] if isinstance(pipe, str) else pipe)
        self.register_buffer("p", torch.tensor(float(p)))
        self.register_buffer("line", taps(SYM6), persistent=False)
        self.register_buffer("bands", band_filters(), persistent=False)
        self.register_buffer("band_power", torch.tensor(BAND_POWER), persistent=False)

    def forward(self, x: Tensor, quantile: float | None = None) -> Tensor:
        """Augment pictures.

        Args:
            x: Float [N, C, H, W] in [-1, 1].
            quantile: In (0, 1): each transform is applied with this quantile of its strength, for tests; None: random.
        """
        with torch.autocast(x.device.type, enabled=False):  # coordinates need more digits than half precision has
            x = x.to(torch.promote_types(x.dtype, torch.float32))
            dice = _Dice(x, self.p, quantile)
            x = self._geometry(x, dice)
            x = self._colour(x, dice)
            x = self._filter(x, dice)
            return self._corrupt(x, dice, quantile)

    def adapt(self, sign: Tensor, target: float, step: float) -> None:
        """Raise p by ``step`` when ``sign``, the mean sign of the real logits, exceeds ``target``, else lower it.

        p is clamped to [0, 1].
        """
        self.p.add_(torch.sign(sign.to(self.p) - target) * step).clamp_(0, 1)

    # ── Geometry ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _geometry(self, x: Tensor, dice: _Dice) -> Tensor:
        inverse = self._placement(dice, x.shape[2], x.shape[3])
        if inverse is None:
            return x
        still = torch.eye(3, device=x.device, dtype=self.p.dtype)
        moved = (inverse != still).flatten(1).any(1)
        line = self.line
        if not readable(moved):
            return torch.where(moved[:, None, None, None], warp(x, inverse, line).to(x.dtype), x)
        (rows,) = moved.nonzero(as_tuple=True)
        if len(rows) == 0:
            return x
        if len(rows) == len(x):
            return warp(x, inverse, line)
        return x.index_copy(0, rows, warp(x[rows], inverse[rows], line).to(x.dtype))

    def _placement(self, dice: _Dice, height: int, width: int) -> Tensor | None:
        """[N, 3, 3]: position in the result → position in the picture, in pixels from the centre; None: identity."""
        factors = self.factors
        one = torch.ones(dice.count, device=dice.device, dtype=self.p.dtype)
        parts: list[Tensor] = []
        if factors.get("xflip"):
            i = torch.floor(dice.uniform() * 2) * dice.happens(factors["xflip"])
            parts.append(scale(1 - 2 * i, one))
        if factors.get("rotate90"):
            i = torch.floor(dice.uniform() * 4) * dice.happens(factors["rotate90"])
            parts.append(rotate(i * (math.pi / 2)).round())
        if factors.get("xint"):
            t = (dice.uniform(2) * 2 - 1) * XINT_MAX * dice.happens(factors["xint"])[:, None]
            parts.append(translate(-torch.round(t[:, 0] * width), -torch.round(t[:, 1] * height)))
        if factors.get("scale"):
            s = torch.exp2(-dice.normal() * SCALE_STD * dice.happens(factors["scale"]))
            parts.append(scale(s, s))
        # Turning before or after the stretch: each with the probability that makes "either" happen with p.
        half = 1 - torch.sqrt((1 - factors.get("rotate", 0.0) * self.p).clamp(0, 1))
        if factors.get("rotate"):
            parts.append(rotate((dice.uniform() * 2 - 1) * math.pi * dice.happens_with(half)))
        if factors.get("aniso"):
            s = torch.exp2(-dice.normal() * ANISO_STD * dice.happens(factors["aniso"]))
            parts.append(scale(s, 1 / s))
        if factors.get("rotate") and dice.quantile is None:
            parts.append(rotate((dice.uniform() * 2 - 1) * math.pi * dice.happens_with(half)))
        if factors.get("xfrac"):
            t = dice.normal(2) * XFRAC_STD * dice.happens(factors["xfrac"])[:, None]
            parts.append(translate(-t[:, 0] * width, -t[:, 1] * height))
        return _product(parts)

    # ── Colour ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _colour(self, x: Tensor, dice: _Dice) -> Tensor:
        change = self._palette(dice, x.shape[1])
        if change is None:
            return x
        change = change.to(x.dtype)
        if x.shape[1] == 1:  # a grey picture is the mean of three equal channels
            change = change[:, :3].mean(1)
            return x * change[:, :3].sum(1)[:, None, None, None] + change[:, 3][:, None, None, None]
        colours = x[:, :3]
        changed = torch.baddbmm(change[:, :3, 3:], change[:, :3, :3], colours.flatten(2)).view_as(colours)
        return changed if x.shape[1] == 3 else torch.cat([changed, x[:, 3:]], 1)  # the opacity stays

    def _palette(self, dice: _Dice, channels: int) -> Tensor | None:
        """[N, 4, 4]: transform of (r, g, b, 1); None: identity."""
        factors = self.factors
        axis = F.pad(torch.ones(3, device=dice.device, dtype=self.p.dtype), (0, 1)) / math.sqrt(3)
        luma = torch.outer(axis, axis)
        still = torch.eye(4, device=dice.device, dtype=self.p.dtype)
        parts: list[Tensor] = []  # in the order of their application
        if factors.get("brightness"):
            b = dice.normal() * BRIGHTNESS_STD * dice.happens(factors["brightness"])
            parts.append(matrix([[1, 0, 0, b], [0, 1, 0, b], [0, 0, 1, b], [0, 0, 0, 1]], b))
        if factors.get("contrast"):
            c = torch.exp2(dice.normal() * CONTRAST_STD * dice.happens(factors["contrast"]))
            parts.append(matrix([[c, 0, 0, 0], [0, c, 0, 0], [0, 0, c, 0], [0, 0, 0, 1]], c))
        if factors.get("lumaflip"):
            i = torch.floor(dice.uniform() * 2) * dice.happens(factors["lumaflip"])
            parts.append(still - 2 * luma * i[:, None, None])
        if factors.get("hue") and channels > 1:
            parts.append(rotate_about_grey((dice.uniform() * 2 - 1) * math.pi * dice.happens(factors["hue"])))
        if factors.get("saturation") and channels > 1:
            s = torch.exp2(dice.normal() * SATURATION_STD * dice.happens(factors["saturation"]))
            parts.append(luma + (still - luma) * s[:, None, None])
        return _product(parts[::-1])

    # ── Frequencies and corruption ──────────────────────────────────────────────────────────────────────────────────

    def _filter(self, x: Tensor, dice: _Dice) -> Tensor:
        factor = self.factors.get("imgfilter")
        if not factor:
            return x
        gains = torch.ones(dice.count, len(BAND_POWER), device=x.device, dtype=self.p.dtype)
        for only in torch.eye(len(BAND_POWER), device=x.device, dtype=self.p.dtype):
            t = torch.exp2(dice.normal() * dice.happens(factor))[:, None] * only + (1 - only)
            gains = gains * t / (t.square() @ self.band_power).sqrt()[:, None]
        changed = (gains != 1).any(1)
        if not readable(changed):
            filtered = _filter_each(x, (gains @ self.bands).to(x.dtype))
            return torch.where(changed[:, None, None, None], filtered, x)
        (rows,) = changed.nonzero(as_tuple=True)
        if len(rows) == 0:
            return x
        filtered = _filter_each(x[rows], (gains[rows] @ self.bands).to(x.dtype))
        return x.index_copy(0, rows, filtered)

    def _corrupt(self, x: Tensor, dice: _Dice, quantile: float | None) -> Tensor:
        if factor := self.factors.get("noise"):
            # The size of the noise is half normal; its quantile q is the normal's (1 + q) / 2.
            size = dice.normal() if quantile is None else torch.special.ndtri((1 + dice.uniform()) / 2)
            size = size.abs() * NOISE_STD * dice.happens(factor)
            x = x + (noise.normal(*x.shape, device=x.device) * size[:, None, None, None]).to(x.dtype)
        if factor := self.factors.get("cutout"):
            middle = dice.uniform(2)
            size = CUTOUT_SIZE * dice.happens(factor)[:, None].to(middle)
            height, width = x.shape[2:]
            across = (torch.arange(width, device=x.device) + 0.5) / width
            down = (torch.arange(height, device=x.device) + 0.5) / height
            out_x = (across - middle[:, :1]).abs() >= size / 2
            out_y = (down - middle[:, 1:]).abs() >= size / 2
            x = x * (out_x[:, None, None, :] | out_y[:, None, :, None])
        return x


def _product(parts: list[Tensor]) -> Tensor | None:
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole = whole @ part
    return whole


def _filter_each(x: Tensor, lines: Tensor) -> Tensor:
    """Filter each picture of ``x`` [N, C, H, W] with its own taps ``lines`` [N, odd], mirrored at the edges."""
    count, channels, height, width = x.shape
    edge = lines.shape[1] // 2
    if edge >= min(height, width):  # the mirror cannot show more than the picture: repeat the edge beyond it
        inner = min(height, width) - 1
        padded = F.pad(x, (inner,) * 4, mode="reflect")
        padded = F.pad(padded, (edge - inner,) * 4, mode="replicate")
    else:
        padded = F.pad(x, (edge,) * 4, mode="reflect")
    flat = padded.reshape(1, count * channels, *padded.shape[2:])
    kernels = lines.repeat_interleave(channels, 0)[:, None]
    flat = conv2d(flat, kernels[:, :, None, :], groups=count * channels)
    flat = conv2d(flat, kernels[:, :, :, None], groups=count * channels)
    return flat.view(count, channels, height, width)


def band_filters() -> Tensor:
    """[4, taps]: filters of one dimension that split a picture into octaves, lowest first, and sum to the picture.

    Built from the wavelet ``SYM2`` by its pyramid: at each level all bands so far are stretched and passed through the
    half-band low pass H(z)H(1/z)/2, and what that takes away is the next band.
    """
    low = np.array(SYM2)
    high = low * (-1.0) ** np.arange(len(low))
    low_pass = np.convolve(low, low[::-1]) / 2
    high_pass = np.convolve(high, high[::-1]) / 2
    bands = np.eye(4, 1)
    for band in range(1, 4):
        stretched = np.zeros((4, 2 * bands.shape[1] - 1))
        stretched[:, ::2] = bands
        bands = np.stack([np.convolve(row, low_pass) for row in stretched])
        start = (bands.shape[1] - len(high_pass)) // 2
        bands[band, start : start + len(high_pass)] += high_pass
    return torch.from_numpy(bands).float()
