"""Label maps: pictures whose pixels are numbers of labels, or colours that a palette turns into numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.curate.images.decode import PictureError
from ganvas.errors import UserError

Palette: TypeAlias = tuple[tuple[int, int, int, int], ...]  # red, green, blue and the label's number
_SHOWN = 8  # values named in a sentence
_SEPARATORS = re.compile(r"[,;\s]+")


class LabelMaps(NamedTuple):
    """What the pixels of label maps mean.

    Attributes:
        labels: Their number; labels are the numbers from 0 on.
        void: The number of pixels that have no label, such as 255; None: there are none.
        palette: Colours with their numbers; empty: pixels are numbers already.
    """

    labels: int
    void: int | None = None
    palette: Palette = ()

    @property
    def ground(self) -> str:
        """The colour of pixels around a padded map: void, or label 0."""
        return f"#{self.void or 0:02x}" + 2 * f"{self.void or 0:02x}"


def as_numbers(image: Image.Image, maps: LabelMaps) -> Image.Image:
    """A decoded label map as a picture of numbers, mode RGB.

    Args:
        image: Colours where there is a palette, else numbers as ``open_image(…, labels=True)`` gives them.
        maps: What its pixels mean.

    Raises:
        PictureError: It holds colours that the palette lacks.
    """
    if not maps.palette:
        return Image.fromarray(np.asarray(image)).convert("RGB") if image.mode == "P" else image.convert("RGB")
    pixels = np.asarray(image.convert("RGB")).astype(np.int64)
    colours = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    table = {red << 16 | green << 8 | blue: number for red, green, blue, number in maps.palette}
    found, where = np.unique(colours, return_inverse=True)
    if unknown := [int(colour) for colour in found if int(colour) not in table]:
        counts = np.bincount(where.ravel(), minlength=len(found))
        most = sorted(unknown, key=lambda colour: -counts[np.searchsorted(found, colour)])
        raise PictureError(f"colours that data.palette lacks: {_listed([f'#{colour:06x}' for colour in most])}")
    numbers = np.array([table[int(colour)] for colour in found], dtype=np.uint8)[where].reshape(colours.shape)
    return Image.fromarray(numbers).convert("RGB")


def label_values(numbers: Image.Image) -> tuple[int, ...]:
    """The labels in a picture of numbers, in rising order."""
    counts = np.bincount(np.asarray(numbers)[..., 0].ravel(), minlength=256)
    return tuple(int(value) for value in np.flatnonzero(counts))


def values_beyond(values: Iterable[int], maps: LabelMaps) -> list[int]:
    """The values that are neither labels nor void, in rising order."""
    return sorted({value for value in values if value >= maps.labels and value != maps.void})


def check_label_values(found: Mapping[int, int], maps: LabelMaps, where: str) -> None:
    """Check that label maps hold the labels that a recipe declares.

    Args:
        found: Value → in how many maps it occurs.
        maps: What is declared.
        where: What holds the maps, for the sentence.

    Raises:
        UserError: They hold other numbers.
    """
    beyond = values_beyond(found, maps)
    if not beyond:
        return
    counted = _listed([f"{value} (in {found[value]:,} maps)" for value in beyond])
    fitting = [value for value in found if value < maps.labels]
    inside = f"{min(fitting)} to {max(fitting)} and " if fitting else ""
    void = f"--set data.void_label={beyond[0]} where it means no label, " if len(beyond) == 1 else ""
    raise UserError(
        f"The label maps of {where} hold the numbers {inside}{counted}, but data.labels={maps.labels} allows 0 to "
        f"{maps.labels - 1}: {void}--set data.labels={max(beyond) + 1} where they are labels, or --set "
        "data.palette=FILE where the maps hold colours."
    )


def _listed(values: Sequence[str]) -> str:
    more = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
    return ", ".join(values[:_SHOWN]) + more


# ── Palette files ───────────────────────────────────────────────────────────────────────────────────────────────────


def read_palette(path: Path) -> Palette:
    """The colours of a palette file: a label per line, in the order of their numbers.

    A line is ``RED GREEN BLUE [NUMBER] [NAME]``, ``#RRGGBB [NUMBER] [NAME]`` or ``NAME RED GREEN BLUE``, separated by
    spaces, tabs, commas or semicolons; without a number it is one more than in the line before. Empty lines, comments
    (``//`` or ``# ``) and headings are passed over.

    Raises:
        UserError: It cannot be read, or holds no colours, a wrong line, or one colour twice.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The palette {path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    rows: list[tuple[int, int, int, int]] = []
    for place, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith(("//", "# ")) or text == "#":
            continue
        row = _row(text, rows[-1][3] + 1 if rows else 0)
        if row is not None:
            rows.append(row)
        elif rows:
            raise UserError(f"Line {place} of the palette {path} is not RED GREEN BLUE [NUMBER] [NAME]: {text[:60]!r}.")
    if not rows:
        raise UserError(f"The palette {path} holds no colours; write RED GREEN BLUE [NUMBER] [NAME] in each line.")
    if len({row[:3] for row in rows}) < len(rows):
        raise UserError(f"The palette {path} names a colour twice; each colour is one label.")
    return tuple(rows)


def _row(text: str, number: int) -> tuple[int, int, int, int] | None:
    words = [word for word in _SEPARATORS.split(text) if word]
    if match := re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", words[0]):
        values, rest = [int(part, 16) for part in match.groups()], words[1:]
    elif len(words) >= 3 and all(word.isdecimal() for word in words[:3]):
        values, rest = [int(word) for word in words[:3]], words[3:]
    elif len(words) >= 4 and all(word.isdecimal() for word in words[-3:]):
        values, rest = [int(word) for word in words[-3:]], []
    else:
        return None
    number = int(rest[0]) if rest and rest[0].isdecimal() else number
    if max(*values, number) > 255:
        return None
    return values[0], values[1], values[2], number


def colours_of(rows: Iterable[Sequence[int]]) -> npt.NDArray[np.uint8]:
    """The colours of a palette by number, uint8 [256, 3]; numbers without a colour are black."""
    table = np.zeros((256, 3), np.uint8)
    for red, green, blue, number in rows:
        table[number] = red, green, blue
    return table
