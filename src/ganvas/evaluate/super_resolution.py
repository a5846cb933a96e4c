"""Super-resolution measured as papers measure it: whole pictures, their luma, a border as wide as the factor left out.

A folder of pictures is reduced by the family's own degradation; where it holds pairs (``NAME_HR``, ``NAME_LR``, as Set5
and Set14 come), the small one is what is enlarged. Enlarging by bicubic interpolation is measured beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from ganvas.curate.images.decode import PictureError, open_image
from ganvas.curate.images.prepare import whole_picture
from ganvas.curate.sketch.degrade import degradation
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import Candidate, Listing
from ganvas.errors import UserError
from ganvas.evaluate.fidelity import Result
from ganvas.evaluate.similarity import Similarity, Tally
from ganvas.models.family import Family
from ganvas.models.tiling import Pictures, enlarged

USUAL: tuple[Similarity, ...] = ("psnr_y", "ssim_y")


class Example(NamedTuple):
    """A small picture and the large one it should become, uint8 [h, w, C] and [s·h, s·w, C]."""

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
    """Enlarge every picture of a folder and compare it with what it should be.

    :param family: one that enlarges, in evaluation mode.
    :param folder: whole pictures or pairs, in any of the layouts that packing knows.
    :param metrics: each is given for the family and, its name ending in ``_bicubic``, for plain interpolation.
    :raises UserError: there are no usable pictures, or pairs whose sizes do not stand in the family's ratio.
    """
    scale = family.data.source_scale
    listing = list_source(folder)
    made, plain = Tally(metrics, border=scale), Tally(metrics, border=scale)
    total, count = len(listing.candidates), 0
    for count, example in enumerate(examples(family, listing), 1):
        large = torch.from_numpy(example.large[None].copy())
        made.add(torch.from_numpy(enlarged(family, example.small)[None].copy()), large)
        plain.add(torch.from_numpy(_bicubic(example.small, scale)[None].copy()), large)
        if progress is not None:
            progress(count, total)
    if not count:
        raise UserError(f"None of the pictures in {folder} can be used; name a folder of whole pictures.")
    about = {"pictures": folder.resolve().name, "scale": scale}
    found = [result._replace(protocol=result.protocol | about) for result in made.results()]
    return found + [
        result._replace(metric=f"{result.metric}_bicubic", protocol=result.protocol | about)
        for result in plain.results()
    ]


def examples(family: Family, listing: Listing) -> Iterator[Example]:
    """The pictures of a listing, one after the other; those that cannot be read are left out."""
    data = family.data
    for candidate in listing.candidates:
        try:
            large = whole_picture(open_image(listing.read(candidate.path)), data.channels)
            if candidate.pair is not None:
                small = whole_picture(open_image(listing.read(candidate.pair)), data.source_channels)
                yield Example(candidate.path, small, _fitting(candidate, small, large, data.source_scale))
                continue
        except PictureError:
            continue
        height, width = (side - side % data.source_scale for side in large.shape[:2])
        if min(height, width) >= 4 * data.source_scale and data.degradation is not None:
            large = large[:height, :width]
            yield Example(candidate.path, degradation(data.degradation)(large, np.random.default_rng(0)), large)


def _fitting(candidate: Candidate, small: Pictures, large: Pictures, scale: int) -> Pictures:
    """The large picture, without the last rows and columns that the small one does not stand for."""
    height, width = (side * scale for side in small.shape[:2])
    if not 0 <= large.shape[0] - height < scale or not 0 <= large.shape[1] - width < scale:
        sizes = " and ".join(f"{one.shape[1]} × {one.shape[0]}" for one in (small, large))
        raise UserError(
            f"{candidate.path} and its small partner are of {sizes} pixels, which is not a factor of {scale}; name "
            "pairs for this factor."
        )
    return large[:height, :width]


def _bicubic(small: Pictures, scale: int) -> Pictures:
    image = Image.fromarray(small[:, :, 0] if small.shape[2] == 1 else small)
    size = (image.width * scale, image.height * scale)
    pixels: Pictures = np.asarray(image.resize(size, Image.Resampling.BICUBIC))
    return pixels.reshape(size[1], size[0], small.shape[2])
