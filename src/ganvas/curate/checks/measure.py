"""The measurements of one picture, the first of three steps: measure, score, decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.checks import picture_measures as pictures
from ganvas.curate.checks import portrait_measures as portraits
from ganvas.curate.checks.painting import painting
from ganvas.curate.faces import Face, FaceReader
from ganvas.curate.faces.embeddings import embedding_to_text

Pixels = npt.NDArray[np.uint8]

# Of every measure here. A picture measured by another version is measured again.
VERSION = "2"

# The measure every picture has, also one without a face: whoever lacks it is yet to be measured.
ALWAYS_MEASURED = "face"


class Measurements(NamedTuple):
    """Measurements by check in their own units, and details for a reviewer."""

    raws: dict[str, float]
    details: dict[str, dict[str, Any]]


class Portrait(NamedTuple):
    """The largest face of a picture, with what its measurements need."""

    picture: Pixels
    scaled: pictures.ScaledPicture
    enlargement: float  # original pixels per pixel of ``picture``
    face: Face
    others: list[Face]  # smaller ones
    cut: portraits.AlignedPortrait
    reader: FaceReader


# A new check is a function, a line in one of these tables, and an entry in a file of ``rules/``.
PICTURE_MEASUREMENTS: dict[str, Callable[[pictures.ScaledPicture], float]] = {
    "ratio": lambda scaled: pictures.aspect_ratio(scaled.full.shape[1], scaled.full.shape[0]),
    "badge": lambda scaled: pictures.oval(scaled.rgb),
    "mirror": lambda scaled: pictures.mirror_likeness(scaled.grey),
    "collage": lambda scaled: pictures.seams(scaled.grey),
    "writing": lambda scaled: pictures.writing(scaled.grey),
    "grey": lambda scaled: pictures.colourfulness(scaled.lab),
    "border": lambda scaled: pictures.border(scaled.grey),
    "detail": lambda scaled: pictures.detail(scaled.grey),
}
PORTRAIT_MEASUREMENTS: dict[str, Callable[[Portrait], float]] = {
    "face": lambda portrait: portrait.face.score * portrait.face.presence,
    "several": lambda portrait: _width_of_second(portrait) / max(float(np.ptp(portrait.face.box[[0, 2]])), 1e-6),
    "share": lambda portrait: float(np.ptp(portrait.face.box[[1, 3]])) / portrait.picture.shape[0],
    "small": lambda portrait: portrait.face.eye_distance * portrait.enlargement,
    "turned": lambda portrait: abs(portrait.face.yaw),
    "nod": lambda portrait: abs(portrait.face.pitch),
    "tilted": lambda portrait: abs(portrait.face.roll),
    "eyes": lambda portrait: min(portrait.face.eyes_open),
    "wink": lambda portrait: abs(portrait.face.eyes_open[0] - portrait.face.eyes_open[1]),
    "headroom": lambda portrait: portraits.headroom(portrait.reader.person(portrait.picture), portrait.face),
    "frame": lambda portrait: portraits.room_in_frame(
        portrait.face, pictures.frame(portrait.scaled.grey), portrait.picture.shape
    ),
    "tight": lambda portrait: portraits.room_in_frame(
        portrait.face, pictures.frame(portrait.scaled.grey), portrait.picture.shape, "tight"
    ),
    "fringe": lambda portrait: portraits.fringe(portrait.cut),
    "covered": lambda portrait: portraits.covered(portrait.cut),
    # A grey face on a coloured badge or mat is grey.
    "grey": lambda portrait: min(pictures.colourfulness(portrait.scaled.lab), pictures.colourfulness(portrait.cut.lab)),
    "painting": lambda portrait: painting(portrait.scaled, portrait.cut),
    "engraving": lambda portrait: portraits.hatching(portrait.cut),
    "blur": lambda portrait: portraits.blur(portrait.cut),
    "dark": lambda portrait: portraits.brightness(portrait.cut),
    "bright": lambda portrait: portraits.brightness(portrait.cut),
    "clipped": lambda portrait: portraits.clipped(portrait.cut),
    "shadow": lambda portrait: portraits.shadow(portrait.cut),
}


def measure(picture: Pixels, reader: FaceReader, *, full_width: int | None = None) -> Measurements:
    """Every measurement of one picture by itself; about 40 ms of one core.

    Args:
        picture: uint8 [H, W, 3] RGB.
        reader: detects faces.
        full_width: in pixels, where ``picture`` was decoded at a smaller scale: sizes are then of the original.
    """
    scaled = pictures.ScaledPicture(picture)
    raws = {name: of(scaled) for name, of in PICTURE_MEASUREMENTS.items()}
    faces = reader.faces(picture)
    if not faces:
        return Measurements(raws | {ALWAYS_MEASURED: 0.0}, {})
    height, width = picture.shape[:2]
    face = faces[0]
    cut = portraits.AlignedPortrait(picture, face)
    portrait = Portrait(picture, scaled, (full_width or width) / width, face, faces[1:], cut, reader)
    raws |= {name: of(portrait) for name, of in PORTRAIT_MEASUREMENTS.items()}
    box = face.box / np.array([width, height, width, height])
    eyes = [_rounded(eye / np.array([width, height])) for eye in (face.left_eye, face.right_eye)]
    return Measurements(
        raws,
        {
            "face": {"box": _rounded(box), "eyes": eyes, "faces": len(faces)},
            "person": {"likeness": embedding_to_text(reader.embed(picture, face))},
        },
    )


def _width_of_second(portrait: Portrait) -> float:
    return max((float(np.ptp(other.box[[0, 2]])) for other in portrait.others), default=0.0)


def _rounded(values: npt.NDArray[np.floating]) -> list[float]:
    return [round(float(value), 4) for value in values]
