"""Pictures of the sides of a card: drawings below, the picture, drawings above, and text where it is wanted."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape, quoteattr

import cv2
import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

from ganvas.apps.card.design import Layout
from ganvas.apps.card.geometry import POINT, Rect, SideName, artwork, pixels
from ganvas.apps.card.templates import coloured

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def draw_side(layout: Layout, side: SideName, picture: Pixels | None, area: Rect, ppi: float, *, text: bool) -> Pixels:
    """A side of the card, uint8 [H, W, 3] sRGB.

    Args:
        layout: The card.
        side: Front or back; only the front has the picture.
        picture: uint8 [h, w, 4] RGBA, alpha 0 where nothing of it is seen; None: none.
        area: What is drawn, in mm of the side; at most the artwork.
        ppi: Pixels per inch.
        text: Whether the texts are drawn as well.
    """
    size = (pixels(area.width, ppi), pixels(area.height, ppi))
    canvas = _drawn(layout, side, "under", area, size)[..., :3].copy()
    if side == "front" and picture is not None:
        _lay(canvas, layout, picture, area, size)
    above = _drawn(layout, side, "over", area, size)
    _over(canvas, above)
    if text:
        _over(canvas, _text(layout, side, area, size))
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def opaque(pixels: Pixels) -> Pixels:
    """uint8 [H, W, 1, 3 or 4] as RGBA."""
    if pixels.shape[2] == 4:
        return pixels
    rgb = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
    return np.concatenate([rgb, np.full((*rgb.shape[:2], 1), 255, np.uint8)], axis=2)


def _drawn(layout: Layout, side: SideName, layer: str, area: Rect, size: tuple[int, int]) -> Floats:
    drawing = layout.template.drawing(side, "over" if layer == "over" else "under")
    if drawing is None:
        return np.zeros((size[1], size[0], 4), np.float32)
    inner = coloured(drawing, layout.colours)
    start = inner.index(">") + 1
    return _raster(inner[start : inner.rindex("</svg>")], area, size)


def _raster(body: str, area: Rect, size: tuple[int, int], fonts: list[str] | None = None) -> Floats:
    """The body of an SVG in mm as float32 [H, W, 4], straight alpha, in [0, 255]."""
    box = f"{area.x} {area.y} {area.width} {area.height}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{size[0]}" height="{size[1]}" '
        f'preserveAspectRatio="none">{body}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=fonts or [])
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGBA")).astype(np.float32)


def _over(canvas: Floats, layer: Floats) -> None:
    share = layer[..., 3:] / 255
    canvas += (layer[..., :3] - canvas) * share


def _text(layout: Layout, side: SideName, area: Rect, size: tuple[int, int]) -> Floats:
    """The texts of a side as a layer."""
    lines, fonts = [], []
    for text in layout.texts(side):
        height = text.size * POINT
        fonts.append(str(text.font.path))
        lines.append(
            f'<text x="{text.x:.4f}" y="{text.y:.4f}" font-family={quoteattr(text.font.family)} '
            f'font-size="{height:.4f}" letter-spacing="{text.box.tracking * height:.4f}" fill="{text.colour}" '
            f'font-kerning="none" xml:space="preserve">{escape(text.text)}</text>'
        )
    return _raster("".join(lines), area, size, sorted(set(fonts)))


def _lay(canvas: Floats, layout: Layout, picture: Pixels, area: Rect, size: tuple[int, int]) -> None:
    """Lay the picture on the ground, antialiased, within its frame."""
    exact = picture.astype(np.float32)
    exact[..., :3] *= exact[..., 3:] / 255  # premultiplied: what is transparent has no colour
    height, width = picture.shape[:2]
    matrix = layout.picture_matrix(width, height)  # picture → mm
    matrix[:, 2] -= (area.x, area.y)
    scale = np.array([size[0] / area.width, size[1] / area.height])
    matrix *= scale[:, None]  # → pixels of the canvas, corner to corner
    shrink = 1 / max(float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))), 1e-6)
    if shrink > 1.2:
        small = (max(1, round(width / shrink)), max(1, round(height / shrink)))
        exact = cv2.resize(exact, small, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
        matrix[:, 0] *= width / small[0]
        matrix[:, 1] *= height / small[1]
    matrix[:, 2] += matrix[:, :2] @ np.array([0.5, 0.5]) - 0.5  # whole numbers are the centres of pixels here
    way = cv2.INTER_LINEAR if shrink > 1 else cv2.INTER_CUBIC
    laid = cv2.warpAffine(exact, matrix, size, flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))
    laid = np.clip(laid, 0, 255).astype(np.float32)
    laid = laid * _frame(layout, area, size)
    share = laid[..., 3:] / 255
    if layout.blend == "multiply":
        straight = laid[..., :3] / np.maximum(share, 1e-3)
        made = canvas * straight / 255
        canvas += (made - canvas) * share
    else:
        canvas *= 1 - share
        canvas += laid[..., :3]


def _frame(layout: Layout, area: Rect, size: tuple[int, int]) -> Floats:
    """1 where the picture is seen, [H, W, 1]."""
    if not layout.template.picture.clip:
        return np.ones((size[1], size[0], 1), np.float32)
    rect, radius = layout.template.picture.rect, layout.template.picture.radius
    shape = f'<rect x="{rect.x}" y="{rect.y}" width="{rect.width}" height="{rect.height}" rx="{radius}" fill="#fff"/>'
    return _raster(shape, area, size)[..., 3:] / np.float32(255)


def whole(layout: Layout) -> Rect:
    """The whole artwork of the card."""
    return artwork(layout.orientation)
