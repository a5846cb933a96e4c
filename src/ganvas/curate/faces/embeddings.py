"""Face embeddings of many pictures, for comparing persons, and their form in the catalogue."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganvas.curate.faces.batch import pixels_of, reader, single_thread
from ganvas.curate.images.decode import PictureError
from ganvas.curate.ordered_map import ordered_map

DIMENSIONS = 128


def embeddings_of(
    paths: Sequence[Path], progress: Callable[[int, int], None] | None = None, processes: int | None = None
) -> npt.NDArray[np.float32]:
    """→ float32 [len(paths), 128], unit length; rows of NaN where there is no face or no picture.

    Args:
        progress: called with how many are done, of how many.
        processes: how many work at once; None takes one for each core.
    """
    found = np.full((len(paths), DIMENSIONS), np.nan, np.float32)
    for at, embedding in enumerate(ordered_map(_embed, paths, processes=processes, initializer=single_thread)):
        if embedding is not None:
            found[at] = embedding
        if progress is not None:
            progress(at + 1, len(paths))
    return found


def _embed(path: Path) -> npt.NDArray[np.float32] | None:
    try:
        pixels = pixels_of(path)
    except PictureError:
        return None
    faces = reader().faces(pixels, eyes=False)
    return reader().embed(pixels, faces[0]) if faces else None


def embedding_to_text(vector: npt.NDArray[np.float32]) -> str:
    """An embedding float32 [128] of length 1 as 172 characters: 8 bits per number are enough to compare."""
    return base64.b64encode(np.clip(np.round(vector * 256), -127, 127).astype(np.int8).tobytes()).decode()


def embedding_from_text(text: str) -> npt.NDArray[np.float32]:
    """The reverse of :func:`embedding_to_text`, of length 1 again."""
    vector = np.frombuffer(base64.b64decode(text), np.int8).astype(np.float32)
    return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-6))
