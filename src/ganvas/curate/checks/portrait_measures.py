"""Measurements of the face of a portrait: light, sharpness, occlusion, position."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.curate.faces import Face, Style, align, matrix_for, region

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

SIDE = 128


class AlignedPortrait:
    """The main face of a picture, cut out at 128 px as FFHQ does, with the masks of its parts.

    ``lab`` float32 [128, 128, 3]; ``skin`` bool [128, 128]: face without lips, eyes, brows and its outer edge.
    """

    def __init__(self, picture: Pixels, face: Face) -> None:
        aligned = align(picture, face, SIDE)
        self.rgb = aligned.pixels
        self.matrix = aligned.matrix
        self.face = face.moved(aligned.matrix)
        self.lab: Floats = cv2.cvtColor(self.rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB).astype(
            np.float32
        )
        self.grey: Floats = cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
        whole = (self.part("skin") > 0.5).astype(np.uint8)
        self.skin: npt.NDArray[np.bool_] = cv2.erode(whole, np.ones((5, 5), np.uint8)) > 0

    def part(self, name: str) -> Floats:
        """A mask of the aligned square: see :func:`ganvas.curate.faces.region`."""
        return region(self.face, name, self.rgb.shape)


def blur(portrait: AlignedPortrait) -> float:
    """Fine detail over contrast in the eyes, mouth and nose of the aligned face: Laplacian's spread over the grey's.

    A face that fills the 128 px with its own pixels has 0.3 and more; enlarged or unsharp ones 0.15 and less.
    """
    parts = np.maximum.reduce([portrait.part(name) for name in ("left_eye", "right_eye", "brows", "mouth", "nose")])
    near = cv2.dilate((parts > 0.5).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if not near.any():
        return 0.0
    # A little smoothing first, so that noise and the grain of prints do not pass for detail.
    calm = cv2.GaussianBlur(portrait.grey, (0, 0), 0.7)
    detail = cv2.Laplacian(calm, cv2.CV_32F)
    return float(detail[near].std() / max(float(portrait.grey[near].std()), 1.0))


def hatching(portrait: AlignedPortrait) -> float:
    """Fine strokes over contrast on the skin: engravings and pen drawings 0.4 and more, but wrinkles and grain as well.

    A hint for the reviewer: soft engravings and lithographs are not told from photos.
    """
    if not portrait.skin.any():
        return 0.0
    fine = portrait.grey - cv2.GaussianBlur(portrait.grey, (0, 0), 1.5)
    return float(fine[portrait.skin].std() / max(float(portrait.grey[portrait.skin].std()), 4.0))


def clipped(portrait: AlignedPortrait) -> float:
    """The part of the skin that is nearly black or burnt out, in [0, 1]."""
    light = portrait.lab[:, :, 0][portrait.skin]
    return 1.0 if not len(light) else float(((light < 18) | (light > 96)).mean())


def brightness(portrait: AlignedPortrait) -> float:
    """The median L* of the skin, in [0, 100]."""
    light = portrait.lab[:, :, 0][portrait.skin]
    return 0.0 if not len(light) else float(np.median(light))


def shadow(portrait: AlignedPortrait) -> float:
    """How unevenly the two sides of the face are lit: difference over sum of their mean L*, in [0, 1].

    A turned head shows less of one side, so each side's own mean is taken.
    """
    middle = (portrait.face.left_eye[0] + portrait.face.right_eye[0] + 2 * portrait.face.nose[0]) / 4
    columns = np.arange(SIDE)[None] < middle
    left = portrait.lab[:, :, 0][portrait.skin & columns]
    right = portrait.lab[:, :, 0][portrait.skin & ~columns]
    if not len(left) or not len(right):
        return 1.0
    one, other = float(left.mean()), float(right.mean())
    return abs(one - other) / max(one + other, 1e-6)


def unlike_skin(portrait: AlignedPortrait, where: Floats) -> float:
    """The part of a region whose colour is far from the skin of cheeks and nose, in [0, 1].

    Far is beyond three times the spread of that skin, and 14 Lab units at least; brightness counts half, so that
    shading is not mistaken for something else.
    """
    weights = np.array([0.5, 1, 1], np.float32)
    cheeks = portrait.lab[portrait.skin & _cheeks(portrait)] * weights
    inside = portrait.lab[where > 0.5] * weights
    if len(cheeks) < 20 or len(inside) < 10:
        return 0.0
    middle = np.median(cheeks, axis=0)
    spread = 1.48 * float(np.median(np.linalg.norm(cheeks - middle, axis=1)))
    return float((np.linalg.norm(inside - middle, axis=1) > max(3 * spread, 14.0)).mean())


def covered(portrait: AlignedPortrait) -> float:
    """The part of the lower face (nose to chin) unlike the cheeks: masks, hands, microphones; beards as well."""
    rows = np.arange(SIDE)[:, None] > portrait.face.nose[1]
    return unlike_skin(portrait, (portrait.skin & rows).astype(np.float32))


def fringe(portrait: AlignedPortrait) -> float:
    """The part of lids and brow ridge unlike the cheeks: hair over the eyes; dark glasses and frames as well."""
    lids = np.maximum(portrait.part("left_eye_shadow"), portrait.part("right_eye_shadow"))
    return unlike_skin(portrait, lids)


def headroom(person: Floats, face: Face) -> float:
    """The rows free above the hair, over the height of the face: 0 where the head touches the upper edge."""
    x0, y0, x1, y1 = face.box
    tall = max(float(y1 - y0), 1.0)
    height, width = person.shape
    left, right = (int(np.clip(x, 0, width - 1)) for x in (x0 + 0.25 * (x1 - x0), x0 + 0.75 * (x1 - x0)))
    top = int(np.clip(y0, 0, height - 1))
    above = person[: top + 1, left : right + 1].max(axis=1) > 0.5
    # Upwards from the forehead to the first row without a person: things further up are something else.
    free = np.flatnonzero(~above)
    hair = int(free[-1]) + 1 if len(free) else 0
    return min(hair, top) / tall


def room_in_frame(
    face: Face, frame: tuple[float, float, float, float], shape: tuple[int, ...], style: Style = "ffhq"
) -> float:
    """The part of the aligned square that lies on a frame or outside the picture, in [0, 1].

    Args:
        frame: parts of width and height taken by a frame: :func:`ganvas.curate.checks.picture_measures.frame`.
        style: of the alignment: ``tight`` is the crop ``face-tight``.
    """
    side = 64
    back = cv2.invertAffineTransform(matrix_for(face, side, style).astype(np.float64))
    at = np.arange(side)
    x = back[0, 0] * at[None] + back[0, 1] * at[:, None] + back[0, 2]
    y = back[1, 0] * at[None] + back[1, 1] * at[:, None] + back[1, 2]
    height, width = shape[:2]
    left, top, right, bottom = frame
    inside = (x >= left * width) & (x < (1 - right) * width) & (y >= top * height) & (y < (1 - bottom) * height)
    return float(1 - inside.mean())


def _cheeks(portrait: AlignedPortrait) -> npt.NDArray[np.bool_]:
    face = portrait.face
    tall = float(np.linalg.norm(face.mouth - (face.left_eye + face.right_eye) / 2))
    rows = np.arange(SIDE)[:, None]
    eyes = float(face.left_eye[1] + face.right_eye[1]) / 2
    return (rows > eyes + 0.2 * tall) & (rows < eyes + 0.75 * tall)
