"""The protocol of super-resolution papers: whole pictures, their luma, without a border as wide as the factor.

Pictures of a folder are reduced by the family's own degradation; of pairs (``NAME_HR``, ``NAME_LR``, as in Set5 and
Set14) the small picture is enlarged. Bicubic interpolation is measured too, as the baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from ganvas.curate.images.decode import DecodeOptions, PictureError, open_image
from ganvas.curate.images.prepare import whole_picture
from ganvas.curate.sketch.degrade import degradation
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import Candidate, Listing
from ganvas.errors import UserError
from ganvas.evaluate.fidelity import Result
from ganvas.evaluate.similarity import PairMetrics, Similarity
from ganvas.models.family import Family
from ganvas.models.tiling import Pictures, enlarged

USUAL: tuple[Similarity, ...] = ("psnr_y", "ssim_y")


class Example(NamedTuple):
    """A small picture, uint8 [h, w, C], and its target, uint8 [s·h, s·w, C]."""

    name: str
    small: Pictures
    large: Pictures


def benchmark(
    family: Family,
    folder: Path,
    metrics: tuple[Similarity, ...] = USUAL,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Enlarge every picture of a folder and compare it with its target.

    Args:
        family: one that enlarges, in evaluation mode.
        folder: whole pictures or pairs, in any of the layouts that packing reads.
        metrics: each is measured for the family and, with the suffix ``_bicubic``, for bicubic interpolation.
        progress: called with the number of pictures done and their total.

    Raises:
        UserError: there are no usable pictures, or pairs whose sizes are not in the family's ratio.
    """
    scale = family.data.source_scale
    listing = list_source(folder)
    generated, bicubic = PairMetrics(metrics, border=scale), PairMetrics(metrics, border=scale)
    total, count = len(listing.candidates), 0
    for count, example in enumerate(examples(family, listing), 1):
        large = torch.from_numpy(example.large[None].copy())
        generated.add(torch.from_numpy(enlarged(family, example.small)[None].copy()), large)
        bicubic.add(torch.from_numpy(_bicubic(example.small, scale)[None].copy()), large)
        if progress is not None:
            progress(count, total)
    if not count:
        raise UserError(f"None of the pictures in {folder} can be used; give a folder of whole pictures.")
    about = {"pictures": folder.resolve().name, "scale": scale}
    found = [result._replace(protocol=result.protocol | about) for result in generated.results()]
    return found + [
        result._replace(metric=f"{result.metric}_bicubic", protocol=result.protocol | about)
        for result in bicubic.results()
    ]


def examples(family: Family, listing: Listing) -> Iterator[Example]:
    """Examples from the pictures of a listing; those that cannot be read are left out."""
    data = family.data
    decoding = DecodeOptions.of(data)
    for candidate in listing.candidates:
        try:
            large = whole_picture(open_image(listing.read(candidate.path), decoding), data.channels)
            if candidate.pair is not None:
                small = whole_picture(open_image(listing.read(candidate.pair), decoding), data.source_channels)
                yield Example(candidate.path, small, _fitting(candidate, small, large, data.source_scale))
                continue
        except PictureError:
            continue
        height, width = (side - side % data.source_scale for side in large.shape[:2])
        if min(height, width) >= 4 * data.source_scale and data.degradation is not None:
            large = large[:height, :width]
            yield Example(candidate.path, degradation(data.degradation)(large, np.random.default_rng(0)), large)


def _fitting(candidate: Candidate, small: Pictures, large: Pictures, scale: int) -> Pictures:
    """The large picture without the last rows and columns that have no counterpart in the small one."""
    height, width = (side * scale for side in small.shape[:2])
    if not 0 <= large.shape[0] - height < scale or not 0 <= large.shape[1] - width < scale:
        sizes = " and ".join(f"{one.shape[1]} × {one.shape[0]}" for one in (small, large))
        raise UserError(
            f"{candidate.path} and its small version have {sizes} pixels, which is not a factor of {scale}; give "
            "pairs of this factor."
        )
    return large[:height, :width]


def _bicubic(small: Pictures, scale: int) -> Pictures:
    image = Image.fromarray(small[:, :, 0] if small.shape[2] == 1 else small)
    size = (image.width * scale, image.height * scale)
    pixels: Pictures = np.asarray(image.resize(size, Image.Resampling.BICUBIC))
    return pixels.reshape(size[1], size[0], small.shape[2])
