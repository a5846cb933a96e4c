"""The measurements of one picture, the first of three steps: measure, score, decide."""

from __future__ import annotations

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
VERSION = "1"

# The measure every picture has, also one without a face: whoever lacks it is yet to be measured.
ALWAYS_MEASURED = "face"


class Measurements(NamedTuple):
    """Measurements by check in their own units, and details for a reviewer."""

    raws: dict[str, float]
    details: dict[str, dict[str, Any]]


def measure(picture: Pixels, reader: FaceReader, *, full_width: int | None = None) -> Measurements:
    """Every measurement of one picture by itself; about 40 ms of one core.

    Args:
        picture: uint8 [H, W, 3] RGB.
        full_width: in pixels, where ``picture`` was decoded at a smaller scale: sizes are then of the original.
    """
    scaled = pictures.ScaledPicture(picture)
    height, width = picture.shape[:2]
    frame = pictures.frame(scaled.grey)
    raws: dict[str, float] = {
        "ratio": pictures.aspect_ratio(width, height),
        "badge": pictures.oval(scaled.rgb),
        "mirror": pictures.mirror_likeness(scaled.grey),
        "collage": pictures.seams(scaled.grey),
        "writing": pictures.writing(scaled.grey),
        "grey": pictures.colourfulness(scaled.lab),
    }
    details: dict[str, dict[str, Any]] = {}
    faces = reader.faces(picture)
    if not faces:
        return Measurements(raws | {"face": 0.0}, details)
    face = faces[0]
    raws |= _of_face(face, faces, picture, (full_width or width) / width)
    cut = portraits.AlignedPortrait(picture, face)
    raws |= {
        "headroom": portraits.headroom(reader.person(picture), face),
        "frame": portraits.room_in_frame(face, frame, picture.shape),
        "fringe": portraits.fringe(cut),
        "covered": portraits.covered(cut),
        # A grey face on a coloured badge or mat is grey.
        "grey": min(raws["grey"], pictures.colourfulness(cut.lab)),
        "painting": painting(scaled, cut),
        "engraving": portraits.hatching(cut),
        "blur": portraits.blur(cut),
        "dark": portraits.brightness(cut),
        "bright": portraits.brightness(cut),
        "clipped": portraits.clipped(cut),
        "shadow": portraits.shadow(cut),
    }
    details["face"] = {
        "box": _rounded(face.box / np.array([width, height, width, height])),
        "eyes": [_rounded(eye / np.array([width, height])) for eye in (face.left_eye, face.right_eye)],
        "faces": len(faces),
    }
    details["person"] = {"likeness": embedding_to_text(reader.embed(picture, face))}
    return Measurements(raws, details)


def _of_face(face: Face, faces: list[Face], picture: Pixels, scale: float) -> dict[str, float]:
    second = max((float(np.ptp(other.box[[0, 2]])) for other in faces[1:]), default=0.0)
    left, right = face.eyes_open
    return {
        "face": face.score * face.presence,
        "several": second / max(float(np.ptp(face.box[[0, 2]])), 1e-6),
        "share": float(np.ptp(face.box[[1, 3]])) / picture.shape[0],
        "small": face.eye_distance * scale,
        "turned": abs(face.yaw),
        "nod": abs(face.pitch),
        "tilted": abs(face.roll),
        "eyes": min(left, right),
        "wink": abs(left - right),
    }


def _rounded(values: npt.NDArray[np.floating]) -> list[float]:
    return [round(float(value), 4) for value in values]
