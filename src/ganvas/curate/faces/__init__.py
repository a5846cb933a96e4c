"""Faces: detection, 468 points, pose, eyes, regions, alignment, embeddings.

``FaceReader().faces(picture)`` → faces; ``align(picture, face, 128)`` → a square; ``region(face, "lips", shape)`` → a
mask; ``read_many`` and ``align_many`` over all cores. No torch.
"""

from ganvas.errors import UserError

try:
    import cv2  # noqa: F401 - every file here needs it
except ImportError:
    raise UserError("Reading faces needs the extra: pip install 'ganvas[faces]'.", code="faces-extra") from None

from ganvas.curate.faces.align import FIXED, TIGHT, WIDE, Aligned, Style, align, cut_square, matrix_for, share_outside
from ganvas.curate.faces.batch import align_many, read_many
from ganvas.curate.faces.face import Face, Gaze
from ganvas.curate.faces.pose import Pose
from ganvas.curate.faces.reader import FaceReader
from ganvas.curate.faces.regions import REGIONS, region

__all__ = [
    "FIXED",
    "REGIONS",
    "TIGHT",
    "WIDE",
    "Aligned",
    "Face",
    "FaceReader",
    "Gaze",
    "Pose",
    "Style",
    "align",
    "align_many",
    "cut_square",
    "matrix_for",
    "read_many",
    "region",
    "share_outside",
]
