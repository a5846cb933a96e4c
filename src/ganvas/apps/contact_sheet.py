"""A table of pictures with headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ganvas.apps.card.fonts import FOLDER
from ganvas.errors import UserError
from ganvas.tasks.pictures import as_rgb

Pictures = NDArray[np.uint8]

GAP = 4  # pixels between cells
LARGEST_SIDE = 32_000  # pixels of a sheet's side
LEGIBLE = 96  # cells of fewer pixels are enlarged by whole factors when they have headings


def sheet(
    rows: Sequence[Sequence[Pictures | None]],
    row_names: Sequence[str] = (),
    column_names: Sequence[str] = (),
    note: str = "",
    captions: Sequence[Sequence[str]] = (),
) -> Pictures:
    """Lay pictures uint8 [H, W, 1 or 3] of one size out in rows, on white; None leaves a cell empty.

    Args:
        row_names: A line of text at the left of each row.
        column_names: A line of text above each column.
        note: Text below, broken into lines.
        captions: A line of text under each cell.

    Returns:
        uint8 [H', W', 3].

    Raises:
        UserError: The sheet would be wider or higher than ``LARGEST_SIDE`` pixels.
    """
    side = next(cell for row in rows for cell in row if cell is not None).shape[0]
    factor = -(-LEGIBLE // side) if row_names or column_names or note or captions else 1
    step = side * factor + GAP
    written = [*row_names, *column_names, note, *(text for row in captions for text in row)]
    font = _font(max(11, min(side * factor // 9, 18)), " ".join(written))
    height = int(font.getbbox("Ág")[3]) + 2 * GAP
    left = GAP + (max((int(font.getlength(name)) for name in row_names), default=-2 * GAP) + 2 * GAP)
    top = GAP + (height if column_names else 0)
    columns = max(len(row) for row in rows)
    down = step + (height - GAP if captions else 0)
    lines = _wrapped(note, font, left + columns * step - 2 * GAP)
    width, tall = left + columns * step, top + len(rows) * down + height * len(lines)
    if max(width, tall) > LARGEST_SIDE:
        raise UserError(
            f"A sheet of {len(rows):,} × {columns:,} pictures would have {width:,} × {tall:,} pixels, more than "
            f"{LARGEST_SIDE:,} on a side; name fewer rows or columns."
        )
    canvas = Image.new("RGB", (width, tall), "white")
    draw = ImageDraw.Draw(canvas)
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell is not None:
                whole = np.repeat(np.repeat(cell, factor, 0), factor, 1)
                picture = Image.fromarray(np.ascontiguousarray(as_rgb(whole[None])[0]))
                canvas.paste(picture, (left + x * step, top + y * down))
    for x, name in enumerate(column_names):
        room = left + x * step + step // 2
        draw.text((room, GAP), _cut(name, font, step), fill="black", font=font, anchor="ma")
    for y, name in enumerate(row_names):
        draw.text((left - 2 * GAP, top + y * down + step // 2), name, fill="black", font=font, anchor="rm")
    for number, line in enumerate(lines):
        draw.text((GAP, top + len(rows) * down + number * height + GAP), line, fill="black", font=font)
    for y, texts in enumerate(captions):
        for x, text in enumerate(texts):
            place = (left + x * step + side * factor // 2, top + y * down + side * factor)
            draw.text(place, _cut(text, font, step), fill="black", font=font, anchor="ma")
    return np.asarray(canvas)


Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
KOREAN = re.compile("[\u3131-\u318e\uac00-\ud7a3]")


def _font(size: int, text: str) -> Font:
    """The font of headings: one with Korean letters where the text has any."""
    return ImageFont.truetype(FOLDER / "sans.ttf", size) if KOREAN.search(text) else ImageFont.load_default(size=size)


def _cut(text: str, font: Font, width: int) -> str:
    while len(text) > 1 and font.getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text


def _wrapped(text: str, font: Font, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
