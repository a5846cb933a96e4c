"""Files of drawings made on the Draw page: strokes, not pixels.

A file is JSON, UTF-8::

    {"format": "ganvas-drawing", "version": 1, "marks": [
        {"tool": "picture", "picture": "data:image/png;base64,…"},
        {"tool": "pen", "width": 0.01, "mirrored": true, "dots": [[0.25, 0.5, 1.0], [0.3, 0.52, 0.8]]},
        {"tool": "eraser", "width": 0.03, "dots": [[0.4, 0.4, 1.0]]}
    ]}

Marks lie over each other in their order. Places are x and y from the upper left corner, and widths are across the
stroke, all in shares of the paper's side; the third number of a dot is the pressure there, by which the width is
multiplied (left out: 1). The line runs smoothly: a quadratic curve from the middle before each dot to the middle after
it, with round ends. ``mirrored`` strokes are drawn a second time, left and right exchanged. A picture fills the paper
and darkens what lies below it. Fields that are not named here are to be ignored; another version is to be refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from ganvas.curate.images.decode import PictureError, Pixels, open_image
from ganvas.errors import UserError
from ganvas.files import write_atomically

FORMAT, VERSION = "ganvas-drawing", 1
BYTES = 20_000_000
DOTS = 400_000  # an hour of drawing
FINE = 2048  # pixels that strokes are laid down at, at least: edges are then as soft as those of a browser
STEPS = 6  # straight pieces of a curve between two dots, which lie close together

Tool = Literal["pen", "eraser", "picture"]
Place = tuple[float, float]


class Dot(NamedTuple):
    """Where the pen was, in shares of the side, and how firmly it was pressed (1: as usual)."""

    x: float
    y: float
    weight: float = 1.0


@dataclass(frozen=True)
class Mark:
    """One stroke of the pen or the eraser, ``width`` in shares of the side; or one PNG ``picture``."""

    tool: Tool
    width: float = 0.01
    dots: tuple[Dot, ...] = ()
    mirrored: bool = False
    picture: bytes = b""


@dataclass(frozen=True)
class Drawing:
    """Marks over each other, the first at the bottom."""

    marks: tuple[Mark, ...]

    def rendered(self, side: int) -> Pixels:
        """The drawing on white paper, as a model takes it: uint8 [side, side, 1].

        Raises:
            UserError: a picture in it cannot be opened.
        """
        factor = max(1, math.ceil(FINE / side))
        sheet = Image.new("L", (side * factor, side * factor), 255)
        for mark in self.marks:
            if mark.tool == "picture":
                sheet = ImageChops.multiply(sheet, _opened(mark.picture).resize(sheet.size, Image.Resampling.BICUBIC))
            else:
                _lay(ImageDraw.Draw(sheet), mark, sheet.width)
        pixels: Pixels = np.asarray(sheet.reduce(factor))
        return pixels[:, :, None]

    def told(self) -> dict[str, Any]:
        """The JSON content of the drawing's file, rounded to its precision."""
        return {"format": FORMAT, "version": VERSION, "marks": [_written(mark) for mark in self.marks]}

    def write(self, path: Path) -> None:
        """Write the drawing to a file, atomically."""
        write_atomically(path, json.dumps(self.told(), separators=(",", ":")) + "\n")


def read_drawing(source: Path | bytes) -> Drawing:
    """Open a drawing.

    Raises:
        UserError: it is not a drawing, or of an unknown version.
    """
    name = str(source) if isinstance(source, Path) else "This file"
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise UserError(f"{name} cannot be read ({error.strerror}); choose another file.") from None
    if len(content) > BYTES:
        raise UserError(f"{name} is larger than {BYTES // 1_000_000} MB; draw with fewer or smaller pictures.")
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    return parse_drawing(told, name)


def parse_drawing(told: object, name: str) -> Drawing:
    """A drawing from the parsed JSON of its file.

    Args:
        name: what refusals call it.

    Raises:
        UserError: it is not a drawing, or of an unknown version.
    """
    if not isinstance(told, dict) or told.get("format") != FORMAT or not isinstance(told.get("marks"), list):
        raise UserError(
            f"{name} is not a drawing; choose one that was saved on the Draw page.",
            code="drawing-format",
            params={"name": name},
        )
    if told.get("version") != VERSION:
        raise UserError(
            f"{name} is a drawing of version {told.get('version')!r}, and only {VERSION} can be read; update Ganvas.",
            code="drawing-version",
            params={"name": name, "found": str(told.get("version")), "known": VERSION},
        )
    try:
        marks = tuple(_mark(mark) for mark in told["marks"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(
            f"{name} is damaged: one of its marks is invalid; save the drawing again.",
            code="drawing-damaged",
            params={"name": name},
        ) from None
    if sum(len(mark.dots) for mark in marks) > DOTS:
        raise UserError(
            f"{name} has more than {DOTS} dots; draw with fewer.",
            code="drawing-dots",
            params={"name": name, "most": DOTS},
        )
    return Drawing(marks)


def _opened(picture: bytes) -> Image.Image:
    try:
        return open_image(picture).convert("L")
    except PictureError as error:
        raise UserError(
            f"A picture in this drawing is damaged ({error}); start from the photo again.",
            code="drawing-picture",
            params={"reason": str(error)},
        ) from None


def _mark(told: dict[str, Any]) -> Mark:
    match told["tool"]:
        case "picture":
            kind, _, data = told["picture"].partition(",")
            if kind != "data:image/png;base64":
                raise ValueError(kind)
            try:
                return Mark("picture", picture=base64.b64decode(data, validate=True))
            except binascii.Error as error:
                raise ValueError(str(error)) from None
        case "pen" | "eraser" as tool:
            dots = tuple(Dot(*(_number(value, -1, 9) for value in dot)) for dot in told["dots"])
            return Mark(tool, _number(told["width"], 0, 1), dots, told.get("mirrored") is True)
        case other:
            raise ValueError(other)


def _number(value: object, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(value)
    return float(value)


def _written(mark: Mark) -> dict[str, Any]:
    if mark.tool == "picture":
        return {"tool": mark.tool, "picture": f"data:image/png;base64,{base64.b64encode(mark.picture).decode()}"}
    dots = [[round(dot.x, 4), round(dot.y, 4), round(dot.weight, 3)] for dot in mark.dots]
    written: dict[str, Any] = {"tool": mark.tool, "width": round(mark.width, 5), "dots": dots}
    return written | ({"mirrored": True} if mark.mirrored else {})


# ── Laying strokes down, piece by piece as the page does ────────────────────────────────────────────────────────────


def _lay(brush: ImageDraw.ImageDraw, mark: Mark, side: int) -> None:
    shade = 0 if mark.tool == "pen" else 255
    for mirrored in (False, True) if mark.mirrored else (False,):
        places = [((1 - dot.x if mirrored else dot.x) * side, dot.y * side) for dot in mark.dots]
        for index, (place, dot) in enumerate(zip(places, mark.dots, strict=True)):
            width = mark.width * side * dot.weight
            if index == 0:
                _round(brush, place, width, shade)
                continue
            before, previous = places[max(index - 2, 0)], places[index - 1]
            start = _middle(before, previous) if index > 1 else previous
            _piece(brush, _curve(start, previous, _middle(previous, place)), width, shade)
        if len(places) > 1:
            width = mark.width * side * mark.dots[-1].weight
            _piece(brush, [_middle(places[-2], places[-1]), places[-1]], width, shade)


def _middle(one: Place, other: Place) -> Place:
    return ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)


def _curve(start: Place, bend: Place, end: Place) -> list[Place]:
    """A quadratic Bézier curve as a poly-line."""
    points = []
    for step in range(STEPS + 1):
        t = step / STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        points.append((a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]))
    return points


def _piece(brush: ImageDraw.ImageDraw, points: list[Place], width: float, shade: int) -> None:
    brush.line(points, fill=shade, width=max(1, round(width)), joint="curve")
    for end in (points[0], points[-1]):
        _round(brush, end, width, shade)


def _round(brush: ImageDraw.ImageDraw, place: Place, width: float, shade: int) -> None:
    radius = max(width / 2 - 0.5, 0.0)
    x, y = place[0] - 0.5, place[1] - 0.5  # from edges of pixels to their middles
    brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)
