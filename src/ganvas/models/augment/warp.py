"""Geometric and colour transforms as matrices, and the careful resampling of ADA (Karras et al. 2020, appendix B)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.models.layers.convolutions import grid_sample
from ganvas.models.layers.filters import downsample_by_line, upsample_by_line

# Low-pass coefficients of Daubechies' least asymmetric wavelets with 2 and 6 vanishing moments. They are orthogonal:
# up, then down with the mirrored filter, is exactly nothing.
SYM2 = (-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025)
SYM6 = (
    0.015404109327027373,
    0.0034907120842174702,
    -0.11799011114819057,
    -0.048311742585633,
    0.4910559419267466,
    0.787641141030194,
    0.3379294217276218,
    -0.07263752278646252,
    -0.021060292512300564,
    0.04472490177066578,
    0.0017677118642428036,
    -0.007800708325034148,
)
REACH = len(SYM6) // 4  # pixels of the picture that the filter sees beyond an edge


def matrix(rows: Sequence[Sequence[Tensor | float]], like: Tensor) -> Tensor:
    """[N, rows, columns] from entries that are numbers or [N], like ``like`` [N] in kind."""
    filled = [[e if isinstance(e, Tensor) else torch.full_like(like, e) for e in row] for row in rows]
    return torch.stack([torch.stack(row, -1) for row in filled], -2)


def translate(x: Tensor, y: Tensor) -> Tensor:
    """Move by (x, y), [N, 3, 3]."""
    return matrix([[1, 0, x], [0, 1, y], [0, 0, 1]], x)


def scale(x: Tensor, y: Tensor) -> Tensor:
    """Stretch by (x, y), [N, 3, 3]."""
    return matrix([[x, 0, 0], [0, y, 0], [0, 0, 1]], x)


def rotate(angle: Tensor) -> Tensor:
    """Turn from the x axis towards the y axis by ``angle`` radians, [N, 3, 3]."""
    c, s = angle.cos(), angle.sin()
    return matrix([[c, -s, 0], [s, c, 0], [0, 0, 1]], angle)


def rotate_about_grey(angle: Tensor) -> Tensor:
    """Turn colours about the grey axis by ``angle`` radians, [N, 4, 4] (Rodrigues' formula)."""
    c, s = angle.cos(), angle.sin() / math.sqrt(3)
    a = (1 - c) / 3
    return matrix([[a + c, a - s, a + s, 0], [a + s, a + c, a - s, 0], [a - s, a + s, a + c, 0], [0, 0, 0, 1]], angle)


def warp(x: Tensor, inverse: Tensor, line: Tensor) -> Tensor:
    """Move the pixels of ``x`` [N, C, H, W], mirrored at the edges, without aliasing.

    The picture is padded by what the transforms reach, doubled in size, sampled bilinearly, filtered and halved: at
    twice the density, bilinear weights blur almost nothing.

    How far the transforms reach is known to the device that computes them. Where the host would have to wait for it,
    the padding is half a picture on each side, and what a transform reaches beyond is mirrored at the padding's edge.

    Args:
        inverse: [N, 3, 3], place in the result → place in ``x``, in pixels from the centre.
        line: The taps of ``SYM6`` over their sum.
    """
    count, channels, height, width = x.shape
    known = readable(inverse)
    left, top, right, bottom = margins(inverse, height, width) if known else (width // 2, height // 2) * 2
    x = F.pad(x, (left, right, top, bottom), mode="reflect")
    one = inverse[:, 0, 0].new_ones(count)
    inverse = translate(one * ((left - right) / 2), one * ((top - bottom) / 2)) @ inverse
    x = upsample_by_line(x, line)
    # The filter has an even number of taps: at double size everything sits half a pixel aside.
    aside = translate(one * -0.5, one * -0.5)
    inverse = aside @ (scale(one * 2, one * 2) @ inverse @ scale(one / 2, one / 2)) @ translate(one * 0.5, one * 0.5)
    size = ((height + 2 * REACH) * 2, (width + 2 * REACH) * 2)
    to_grid = scale(one * (2 / x.shape[3]), one * (2 / x.shape[2]))
    from_grid = scale(one * (size[1] / 2), one * (size[0] / 2))
    theta = (to_grid @ inverse @ from_grid)[:, :2]
    grid = F.affine_grid(theta, [count, channels, *size], align_corners=False)
    return downsample_by_line(grid_sample(x, grid.to(x.dtype), mirrored=not known), line, 2 * REACH)


def readable(x: Tensor) -> bool:
    """Whether the host can read a tensor without waiting for the device that computes it."""
    return x.device.type == "cpu"


def margins(inverse: Tensor, height: int, width: int) -> tuple[int, int, int, int]:
    """Pixels (left, top, right, bottom) that the transforms look beyond the picture, at most a whole picture."""
    half = inverse.new_tensor([(width - 1) / 2, (height - 1) / 2])
    signs = inverse.new_tensor([[-1, 1, 1, -1], [-1, -1, 1, 1]])
    corners = inverse[:, :2, :2] @ (signs * half[:, None]) + inverse[:, :2, 2:]
    corners = corners.transpose(0, 1).flatten(1)  # x and y, of each corner of each picture
    reach = torch.cat([-corners, corners]).amax(1) + 2 * REACH - half.repeat(2)
    most = inverse.new_tensor([width - 1, height - 1] * 2)
    left, top, right, bottom = reach.clamp(min=0).minimum(most).ceil().int().tolist()
    return left, top, right, bottom
