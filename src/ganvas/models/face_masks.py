"""Masks of lips, eyelids, skin and outlines of the faces in a batch."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganvas.models.batches import to_uint8

Kind: TypeAlias = Literal["regions", "outlines"]
Masks: TypeAlias = NDArray[np.uint8]

LIPS, EYES, SKIN, FACE = range(4)  # channels of ``regions``
CHANNELS: dict[Kind, slice] = {"regions": slice(0, 4), "outlines": slice(4, 6)}  # of the cached masks
LEAST = 4  # pixels of a region, below which its histogram is ignored
READ_AT = 256  # smaller pictures are enlarged to this side before a face is detected
_MOST = 2**28  # bytes of cached masks

_reading = Lock()  # a face reader serves one thread at a time; the studio has several
_known: OrderedDict[bytes, Masks] = OrderedDict()
_held = 0


def masks_of(pictures: Tensor, kind: Kind) -> Tensor:
    """Masks of the largest face of each picture, in [0, 1]; zeros where there is none.

    Args:
        pictures: Float [N, C, R, R] in [-1, 1].
        kind: ``regions`` (lips, skin around the eyes, skin, face) or ``outlines``
            (:func:`ganvas.curate.faces.outlines.outlines`).

    Returns:
        Float [N, 4 or 2, R, R] on the device of the pictures.

    Raises:
        UserError: The ``faces`` extra is missing, or its networks cannot be fetched.
    """
    found = np.stack([_cached(picture)[CHANNELS[kind]] for picture in to_uint8(pictures).numpy()])
    return torch.from_numpy(found).to(pictures.device).to(pictures.dtype) / 255


def _cached(picture: NDArray[np.uint8]) -> Masks:
    key = blake2b(picture.tobytes() + bytes(str(picture.shape), "ascii"), digest_size=16).digest()
    with _reading:
        return _known_or_read(key, picture)


def _known_or_read(key: bytes, picture: NDArray[np.uint8]) -> Masks:
    global _held
    masks = _known.get(key)
    if masks is None:
        masks = _known[key] = _read(picture)
        _held += masks.nbytes
        while _held > _MOST and len(_known) > 1:
            _held -= _known.popitem(last=False)[1].nbytes
    _known.move_to_end(key)
    return masks


def _read(picture: NDArray[np.uint8]) -> Masks:
    """Both kinds of masks, uint8 [6, R, R]: finding the face is what takes time."""
    import cv2

    from ganvas.curate.faces import region
    from ganvas.curate.faces.batch import reader
    from ganvas.curate.faces.outlines import outlines

    side = picture.shape[0]
    colour = np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:2], 3)))
    scale = max(READ_AT / side, 1.0)
    if scale > 1:
        colour = cv2.resize(colour, (READ_AT, READ_AT), interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
    faces = reader().faces(colour, eyes=False)
    if not faces:
        return np.zeros((6, side, side), np.uint8)
    back = np.array([[1 / scale, 0, 0.5 / scale - 0.5], [0, 1 / scale, 0.5 / scale - 0.5]], np.float32)
    face = faces[0].moved(back)
    names = (("lips",), ("left_eye_shadow", "right_eye_shadow"), ("skin",), ("face",))
    parts = [sum(region(face, name, picture.shape) for name in group) for group in names]
    parts[SKIN] = parts[SKIN] * (1 - np.minimum(parts[EYES], 1))
    found = np.clip(np.concatenate([np.stack(parts), outlines(face, side)]), 0, 1)
    masks: Masks = (found * 255 + 0.5).astype(np.uint8)
    return masks
