"""The checks of one picture: measure it, score the measures, judge by the scores. Three steps, each on its own."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.catalog.records import Check
from ganvas.curate.checks import picture as pictures
from ganvas.curate.checks import portrait as portraits
from ganvas.curate.checks.painting import painting
from ganvas.curate.checks.rules import Rules
from ganvas.curate.faces import Face, FaceReader

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# Of every measure here. A picture measured by another version is measured again.
VERSION = "1"

# The measure every picture has, also one without a face: whoever lacks it is yet to be measured.
FIRST = "face"


class Measured(NamedTuple):
    """What was measured: numbers in their own units by check, and what a reviewer may want to see beside some."""

    raws: dict[str, float]
    details: dict[str, dict[str, Any]]


class Judgement(NamedTuple):
    """``reason`` is why to drop, that of the worst score; None to keep. ``doubts`` are the checks scored under 0.5."""

    keep: bool
    reason: str | None
    doubts: tuple[str, ...]


def measure(picture: Pixels, reader: FaceReader, *, full_width: int | None = None) -> Measured:
    """Everything one picture tells by itself; about 40 ms of one core.

    :param picture: uint8 [H, W, 3] RGB.
    :param full_width: in pixels, where ``picture`` was decoded at a smaller scale: sizes are then of the original.
    """
    look = pictures.Look(picture)
    height, width = picture.shape[:2]
    frame = pictures.frame(look.grey)
    raws: dict[str, float] = {
        "ratio": pictures.oddness(width, height),
        "badge": pictures.oval(look.rgb),
        "mirror": pictures.mirror_likeness(look.grey),
        "collage": pictures.seams(look.grey),
        "writing": pictures.writing(look.grey),
        "grey": pictures.colourfulness(look.lab),
    }
    details: dict[str, dict[str, Any]] = {}
    faces = reader.faces(picture)
    if not faces:
        return Measured(raws | {"face": 0.0}, details)
    face = faces[0]
    raws |= _of_face(face, faces, picture, (full_width or width) / width)
    cut = portraits.Portrait(picture, face)
    raws |= {
        "headroom": portraits.headroom(reader.person(picture), face),
        "frame": portraits.room_in_frame(face, frame, picture.shape),
        "fringe": portraits.fringe(cut),
        "covered": portraits.covered(cut),
        # A grey face on a coloured badge or mat is grey.
        "grey": min(raws["grey"], pictures.colourfulness(cut.lab)),
        "painting": painting(look, cut),
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
    details["person"] = {"likeness": likeness_text(reader.embed(picture, face))}
    return Measured(raws, details)


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


def score(measured: Measured, rules: Rules) -> list[Check]:
    """The measures as the catalogue keeps them, each with its score; those the rules do not know score 1."""
    checks = [
        Check(name, raw, rescore(name, raw, rules), VERSION, measured.details.get(name))
        for name, raw in measured.raws.items()
    ]
    alone = (name for name in measured.details if name not in measured.raws)
    return checks + [Check(name, None, 1.0, VERSION, measured.details[name]) for name in alone]


def rescore(name: str, raw: float | None, rules: Rules) -> float:
    """The score of a measure by these rules."""
    rule = rules.checks.get(name)
    return 1.0 if rule is None or raw is None else rule.score(raw)


def judge(scores: Mapping[str, float], rules: Rules) -> Judgement:
    """Scores by check → keep or drop. A check that the rules say cannot decide never drops."""
    known = {name: value for name, value in scores.items() if name in rules.checks}
    doubts = tuple(sorted((name for name, value in known.items() if value < 0.5), key=lambda name: known[name]))
    # Of equally bad ones the first in the rules is the reason: "no face" before what follows from it.
    order = list(rules.checks)
    failed = [name for name in order if rules.checks[name].judge and known.get(name, 1.0) < rules.drop_below]
    if not failed:
        return Judgement(True, None, doubts)
    worst = min(failed, key=lambda name: (round(known[name], 2), order.index(name)))
    return Judgement(False, rules.checks[worst].reason, doubts)


def judge_checks(checks: Iterable[Check], rules: Rules) -> Judgement:
    """The same for checks as the catalogue gives them."""
    return judge({check.name: check.score for check in checks}, rules)


def likeness_text(vector: Floats) -> str:
    """A likeness float32 [128] of length 1 as 172 letters: 8 bits for each number are enough to compare."""
    return base64.b64encode(np.clip(np.round(vector * 256), -127, 127).astype(np.int8).tobytes()).decode()


def likeness_of(text: str) -> Floats:
    """The reverse of :func:`likeness_text`, of length 1 again."""
    vector = np.frombuffer(base64.b64decode(text), np.int8).astype(np.float32)
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-6))


def _rounded(values: npt.NDArray[np.floating]) -> list[float]:
    return [round(float(value), 4) for value in values]
