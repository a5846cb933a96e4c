"""Contact sheets of the worst and the best pictures of each check."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont, ImageOps

from ganvas.curate.catalog import Catalog
from ganvas.curate.checks.rules import Rules
from ganvas.curate.checks.run import portions
from ganvas.curate.images.decode import ACCEPTED, PictureError, open_image
from ganvas.files import write_atomically

TILE = (160, 200)
LABEL = 30


class _Shown(NamedTuple):
    score: float
    raw: float
    id: int
    path: Path


def write_sheets(catalog: Catalog, rules: Rules, folder: Path, each: int = 16) -> list[Path]:
    """Write ``CHECK.png`` for every check of the rules: ``each`` worst in the upper rows, as many best in the lower.

    Under each picture stand its number, its score and the measure itself.
    """
    found: dict[str, list[_Shown]] = {name: [] for name in rules.checks}
    for images in portions(catalog):
        paths = {image.id: image.path for image in images}
        for number, checks in catalog.checks_of(list(paths)).items():
            for check in checks:
                if check.name in found and check.raw is not None:
                    found[check.name].append(_Shown(check.score, check.raw, number, paths[number]))
    written = []
    for name, shown in found.items():
        if not shown:
            continue
        rule = rules.checks[name]
        worse = -1 if rule.good > rule.limit else 1
        ordered = sorted(shown, key=lambda one: (one.score, -worse * one.raw, one.id))
        each_side = min(each, len(ordered) // 2) or 1
        role = "proposes to drop" if rule.judge else "for the reviewer only"
        title = f"{name}: {rule.title} · limit {rule.limit:g}{rule.unit}, good {rule.good:g}{rule.unit} · {role}"
        path = folder / f"{name}.png"
        write_atomically(path, _sheet(title, ordered[:each_side], ordered[::-1][:each_side]))
        written.append(path)
    return written


def _sheet(title: str, worst: Sequence[_Shown], best: Sequence[_Shown], columns: int = 8) -> bytes:
    rows = [list(part[at : at + columns]) for part in (worst, best) for at in range(0, len(part), columns)]
    gap = 8
    split = -(-len(worst) // columns)
    width, height = TILE[0] * columns, LABEL + gap + (TILE[1] + LABEL) * len(rows)
    sheet = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=14)
    draw.text((6, 6), title, fill="black", font=font)
    for row, shown in enumerate(rows):
        top = LABEL + row * (TILE[1] + LABEL) + (gap if row >= split else 0)
        for column, one in enumerate(shown):
            left = column * TILE[0]
            sheet.paste(_tile(one.path), (left + 2, top))
            colour = (176, 0, 32) if one.score < 0.5 else (0, 110, 50)
            draw.text((left + 4, top + TILE[1]), f"#{one.id}  {one.score:.2f}  {one.raw:.3g}", fill=colour, font=font)
    if len(rows) > split:
        line = LABEL + split * (TILE[1] + LABEL)
        draw.line((0, line, width, line), fill="black", width=2)
    content = io.BytesIO()
    sheet.save(content, "PNG")
    return content.getvalue()


def _tile(path: Path) -> Image.Image:
    size = (TILE[0] - 4, TILE[1] - 4)
    try:
        return ImageOps.pad(open_image(path, ACCEPTED, least=TILE[1]), size, color="white")
    except PictureError:
        return Image.new("RGB", size, (230, 230, 230))
