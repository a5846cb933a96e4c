"""Similarity of a generated picture and its target: PSNR, SSIM, MS-SSIM, GMSD and LPIPS; and LPIPS diversity.

The functions take two batches, either uint8 [N, H, W, 1 or 3] or float [N, 1 or 3, H, W] in [-1, 1], and return one
number per pair, float64 [N]. All but LPIPS work on the scale of 0 … 255 in float64. Pictures are never resized.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias, get_args

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.curate.images.filters import LUMA
from ganvas.errors import UserError
from ganvas.evaluate.fidelity import Result
from ganvas.models.perceptual import LPIPS, Net, load_lpips, lpips_weight

Space: TypeAlias = Literal["rgb", "y"]
"""``rgb``: all channels; ``y``: the luma of BT.601 in 16 … 235, as papers on super-resolution measure."""

Similarity: TypeAlias = Literal[
    "psnr", "psnr_y", "ssim", "ssim_y", "ms_ssim", "ms_ssim_y", "gmsd", "lpips_alex", "lpips_vgg"
]
SIMILARITIES: tuple[Similarity, ...] = get_args(Similarity)
USUAL: tuple[Similarity, ...] = ("psnr", "ssim", "lpips_alex", "gmsd")
"""What is measured by default."""

CEILING = 100.0  # decibels: equal pictures would have infinitely many, of which no mean is finite
MS_SSIM_LEAST = 161  # pixels: eleven at the fifth scale
_SSIM_LEAST, _GMSD_LEAST = 11, 4
_RANGE = 255.0
_C1, _C2 = (0.01 * _RANGE) ** 2, (0.03 * _RANGE) ** 2  # SSIM's K1 and K2, as in the paper
_SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of MS-SSIM: Wang et al. 2003, section 3.2
_AT_ONCE = 8  # pictures through LPIPS together: VGG's first activations have 64 times a picture's size
_GMSD_C = 170.0  # Xue et al. 2014, section III.B

Pair: TypeAlias = tuple[Tensor, Tensor]
"""(generated, target), one batch each."""


# ── One number per pair ─────────────────────────────────────────────────────────────────────────────────────────────


def psnr(a: Tensor, b: Tensor, *, space: Space = "rgb", border: int = 0) -> Tensor:
    """Peak signal-to-noise ratio in decibels, 10 log₁₀(255² / mean squared error); infinite for equal pictures.

    Args:
        a: one batch.
        b: the other.
        space: what is compared.
        border: pixels left out on each side; papers on super-resolution leave out as many as the factor.

    Raises:
        UserError: the sizes differ, or nothing is left within the border.
    """
    x, y = _planes(a, b, space, border)
    noise: Tensor = (x - y).square().mean((1, 2, 3))
    return 10 * torch.log10(_RANGE**2 / noise)


def ssim(a: Tensor, b: Tensor, *, space: Space = "rgb", border: int = 0) -> Tensor:
    """Structural similarity (Wang et al. 2004) in [-1, 1], 1 for equal pictures.

    Gaussian window of 11 × 11 with σ = 1.5, K₁ = 0.01, K₂ = 0.03, only windows that lie within the picture, the mean
    over channels, no downsampling beforehand. The arguments are those of :func:`psnr`.

    Raises:
        UserError: the sizes differ, or are below 11 pixels.
    """
    x, y = _planes(a, b, space, border)
    _demand("ssim", x, _SSIM_LEAST)
    similarity, _ = _ssim_maps(x, y)
    return similarity.mean((1, 2, 3))


def ms_ssim(a: Tensor, b: Tensor, *, space: Space = "rgb", border: int = 0) -> Tensor:
    """SSIM over five scales (Wang et al. 2003, eq. 7), 1 for equal pictures; a scale that disagrees wholly gives 0.

    Contrast and structure at each scale, luminance at the coarsest, each the mean over the picture and its channels.
    The arguments are those of :func:`psnr`.

    Raises:
        UserError: the sizes differ, or are below 161 pixels.
    """
    x, y = _planes(a, b, space, border)
    _demand("ms_ssim", x, MS_SSIM_LEAST)
    product: Tensor = x.new_ones(len(x))
    for scale, weight in enumerate(_SCALES, 1):
        similarity, contrast = _ssim_maps(x, y)
        chosen = similarity if scale == len(_SCALES) else contrast
        product = product * chosen.mean((1, 2, 3)).clamp_min(0) ** weight
        x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return product


def gmsd(a: Tensor, b: Tensor, *, border: int = 0) -> Tensor:
    """Gradient magnitude similarity deviation (Xue et al. 2014): 0 for equal pictures, about 0.3 for spoilt ones.

    On luma halved by averaging: how unevenly the agreement of Prewitt gradients is spread over the picture. A change
    that is the same everywhere leaves it at 0. The arguments are those of :func:`psnr`.

    Raises:
        UserError: the sizes differ, or are below 4 pixels.
    """
    x, y = _planes(a, b, "rgb", border)
    _demand("gmsd", x, _GMSD_LEAST)
    one, other = _gradient(_halved(_luma(x))), _gradient(_halved(_luma(y)))
    similarity = (2 * one * other + _GMSD_C) / (one.square() + other.square() + _GMSD_C)
    return similarity.var((1, 2, 3), unbiased=False).sqrt()


@torch.no_grad()
def lpips(a: Tensor, b: Tensor, net: Net | LPIPS = "alex", *, border: int = 0) -> Tensor:
    """LPIPS (Zhang et al. 2018, version 0.1): 0 for equal pictures; for training use ``models.perceptual`` itself.

    Args:
        a: one batch.
        b: the other.
        net: ``alex`` is what papers report; ``vgg`` another network; or one that is loaded already.
        border: pixels left out on each side.

    Raises:
        UserError: the sizes differ, are too small for the network, or its weights cannot be had.
    """
    x, y = _planes(a, b, "rgb", border)
    metric = load_lpips(net) if isinstance(net, str) else net
    _demand(f"lpips_{metric.net}", x, metric.least)
    place = next(metric.parameters()).device
    with torch.autocast(place.type, enabled=False):
        parts = [
            metric(*((one[start : start + _AT_ONCE] / 127.5 - 1).float().to(place) for one in (x, y)))
            for start in range(0, len(x), _AT_ONCE)
        ]
    return torch.cat(parts).double().cpu()


# ── Many pairs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def similarity(
    pairs: Iterable[Pair], metrics: Sequence[Similarity] = USUAL, *, border: int = 0, nets: Sequence[LPIPS] = ()
) -> list[Result]:
    """Measure pairs: the mean over all of them, with the deviation from pair to pair.

    Args:
        pairs: batches (made, real); sizes may differ from batch to batch.
        metrics: what to measure, in the order of the results.
        border: pixels left out on each side.
        nets: LPIPS networks to use in place of the published ones.

    Returns:
        One result per metric. ``std`` is the deviation over pairs, None for a single one. PSNR counts each pair with
        100 dB at most, so that equal pictures do not make the mean infinite.

    Raises:
        UserError: a metric is unknown, there is no pair, sizes differ, or pictures are too small for a metric.
    """
    measured = PairMetrics(metrics, border=border, nets=nets)
    for made, real in pairs:
        measured.add(made, real)
    return measured.results()


class PairMetrics:
    """Metrics of pairs that are added batch by batch; :func:`similarity` measures an iterable of them."""

    def __init__(self, metrics: Sequence[Similarity] = USUAL, *, border: int = 0, nets: Sequence[LPIPS] = ()) -> None:
        for metric in metrics:
            if metric not in SIMILARITIES:
                raise UserError(f"There is no similarity called '{metric}': choose from {', '.join(SIMILARITIES)}.")
        self.border, self.nets = border, nets
        self._networks: dict[str, LPIPS] = {f"lpips_{net.net}": net for net in nets}
        self._values: dict[Similarity, list[Tensor]] = {metric: [] for metric in metrics}

    def add(self, made: Tensor, real: Tensor) -> None:
        """Measure a batch of pairs."""
        for metric, parts in self._values.items():
            parts.append(_one(metric, made, real, self.border, self._networks))

    def values(self) -> dict[Similarity, Tensor]:
        """The value of each pair: float64 [pairs] per metric.

        Raises:
            UserError: there was no pair.
        """
        if not all(self._values.values()):
            raise UserError("There are no pairs to compare: give at least one picture and its target.")
        return {metric: torch.cat(parts) for metric, parts in self._values.items()}

    def results(self) -> list[Result]:
        """The mean over all pairs, one result per metric."""
        results = []
        for metric, row in self.values().items():
            std = float(row.std(unbiased=False)) if len(row) > 1 else None
            protocol = _protocol(metric, len(row), self.border, self.nets)
            results.append(Result(metric, float(row.mean()), std, protocol))
        return results


def diversity(groups: Iterable[Tensor], net: Net | LPIPS = "alex") -> Result:
    """Diversity of the outputs for one request: mean LPIPS over all pairs within a group.

    The protocol of StarGAN v2 (Choi et al. 2020, appendix: ten outputs per source). Higher is more varied; 0 means that
    the latent is ignored. Varied pictures may still be bad: read it together with KID.

    Args:
        groups: one batch per source or class: its outputs, two or more.
        net: the LPIPS network.

    Raises:
        UserError: there is no group, or one holds a single picture.
    """
    metric = load_lpips(net) if isinstance(net, str) else net
    means, pictures = [], 0
    for group in groups:
        if len(group) < 2:
            raise UserError("Diversity compares outputs for the same source: make at least two for each.")
        first, second = torch.triu_indices(len(group), len(group), 1).unbind()
        means.append(lpips(group[first], group[second], metric).mean())
        pictures += len(group)
    if not means:
        raise UserError("There are no pictures whose diversity could be measured: make some.")
    values = torch.stack(means)
    protocol = _protocol(f"lpips_{metric.net}", pictures, 0, [metric] if isinstance(net, LPIPS) else [])
    protocol |= {"real_count": 0, "groups": len(means)}
    std = float(values.std(unbiased=False)) if len(means) > 1 else None
    return Result(f"diversity_lpips_{metric.net}", float(values.mean()), std, protocol)


def _one(metric: Similarity, made: Tensor, real: Tensor, border: int, networks: dict[str, LPIPS]) -> Tensor:
    space: Space = "y" if metric.endswith("_y") else "rgb"
    match metric:
        case "psnr" | "psnr_y":
            return psnr(made, real, space=space, border=border).clamp_max(CEILING)
        case "ssim" | "ssim_y":
            return ssim(made, real, space=space, border=border)
        case "ms_ssim" | "ms_ssim_y":
            return ms_ssim(made, real, space=space, border=border)
        case "gmsd":
            return gmsd(made, real, border=border)
        case "lpips_alex":
            return lpips(made, real, networks.get(metric, "alex"), border=border)
        case "lpips_vgg":
            return lpips(made, real, networks.get(metric, "vgg"), border=border)


def _protocol(metric: str, count: int, border: int, nets: Sequence[LPIPS]) -> dict[str, Any]:
    """The fields that every metric has, and those of this one."""
    protocol: dict[str, Any] = {"features": "pixels", "features_sha256": None, "resize": "none"}
    protocol |= {"real_count": count, "fake_count": count, "border": border}
    if metric.startswith("lpips"):
        net: Net = "alex" if metric == "lpips_alex" else "vgg"
        given = any(one.net == net for one in nets)
        protocol |= {"features": f"lpips-{net} 0.1", "space": "rgb"}
        protocol["features_sha256"] = None if given else lpips_weight(net).sha256
    elif metric == "gmsd":
        protocol |= {"space": "luma 0-255", "c": _GMSD_C}
    else:
        protocol["space"] = "y-bt601 16-235" if metric.endswith("_y") else "rgb 0-255"
        if metric.startswith("psnr"):
            protocol["ceiling"] = CEILING
        else:
            protocol["window"] = "gaussian 11 1.5"
    return protocol


# ── Planes and windows ──────────────────────────────────────────────────────────────────────────────────────────────


def _planes(a: Tensor, b: Tensor, space: Space, border: int) -> tuple[Tensor, Tensor]:
    """Both batches as float64 [N, C, H, W] in 0 … 255 without their border; grey is repeated beside colour."""
    x, y = _wide(a), _wide(b)
    if x.shape[1] != y.shape[1]:
        x, y = x.expand(-1, 3, -1, -1), y.expand(-1, 3, -1, -1)
    if x.shape != y.shape:
        sizes = " and ".join(f"{len(one)} of {one.shape[3]} × {one.shape[2]}" for one in (x, y))
        raise UserError(f"Only pictures of one size can be compared pixel by pixel, not {sizes}: resize one of them.")
    if space == "y":
        x, y = _y(x), _y(y)
    if border:
        if border < 0 or min(x.shape[2:]) <= 2 * border:
            raise UserError(f"A border of {border} leaves nothing of pictures of {x.shape[3]} × {x.shape[2]} pixels.")
        x, y = (one[..., border:-border, border:-border] for one in (x, y))
    return x, y


def _wide(x: Tensor) -> Tensor:
    if x.ndim == 4 and x.dtype == torch.uint8 and x.shape[3] in (1, 3):
        return x.permute(0, 3, 1, 2).double()
    if x.ndim == 4 and x.is_floating_point() and x.shape[1] in (1, 3):
        return (x.detach().double() + 1) * 127.5
    raise ValueError(f"pictures must be uint8 [N, H, W, C] or float [N, C, H, W], not {x.dtype} {tuple(x.shape)}")


def _y(x: Tensor) -> Tensor:
    """The studio-range luma of ITU-R BT.601, unrounded; grey pictures count as three equal channels."""
    weights = x.new_tensor([65.481, 128.553, 24.966]).view(3, 1, 1) / 255
    return 16 + (x.expand(-1, 3, -1, -1) * weights).sum(1, keepdim=True)


def _luma(x: Tensor) -> Tensor:
    """Full-range luma."""
    weights = x.new_tensor(LUMA).view(3, 1, 1)
    return (x.expand(-1, 3, -1, -1) * weights).sum(1, keepdim=True)


def _halved(x: Tensor) -> Tensor:
    """Half the size by averaging; an odd edge is padded with black, as by the authors' convolution."""
    return F.avg_pool2d(F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2)), 2)


def _gradient(x: Tensor) -> Tensor:
    """Magnitude of Prewitt's gradient, zeros beyond the edge."""
    across = x.new_tensor([[-1.0, 0, 1]] * 3) / 3
    kernels = torch.stack([across, across.T]).unsqueeze(1)
    return F.conv2d(x, kernels, padding=1).square().sum(1, keepdim=True).sqrt()


def _ssim_maps(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """SSIM (eq. 13 of the paper) and its contrast-structure factor, at every window that lies within the picture."""
    mean_x, mean_y = _blurred(x), _blurred(y)
    var_x = _blurred(x * x) - mean_x.square()
    var_y = _blurred(y * y) - mean_y.square()
    covariance = _blurred(x * y) - mean_x * mean_y
    contrast = (2 * covariance + _C2) / (var_x + var_y + _C2)
    return contrast * (2 * mean_x * mean_y + _C1) / (mean_x.square() + mean_y.square() + _C1), contrast


def _blurred(x: Tensor) -> Tensor:
    """The Gaussian window, one axis after the other."""
    at = torch.arange(-5, 6, dtype=x.dtype, device=x.device)
    window = torch.exp(-at.square() / (2 * 1.5**2))
    window = (window / window.sum()).expand(x.shape[1], 1, 1, -1)
    x = F.conv2d(x, window, groups=x.shape[1])
    return F.conv2d(x, window.mT, groups=x.shape[1])


def _demand(metric: str, x: Tensor, least: int) -> None:
    if min(x.shape[2:]) < least:
        raise UserError(
            f"{metric} needs pictures of at least {least} × {least} pixels, and here are {x.shape[3]} × {x.shape[2]}: "
            "leave it out, or measure larger ones."
        )
