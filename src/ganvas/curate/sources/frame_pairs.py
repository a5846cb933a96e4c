"""Pairs of video frames: each target with the frame before it, or with the frames around it."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import groupby
from pathlib import PurePosixPath
from typing import Literal

from ganvas.curate.sources.listing import Candidate, Listing
from ganvas.errors import UserError

Frames = Literal["next", "between"]


def in_sequence(listing: Listing, frames: Frames) -> Listing:
    """The same pictures as pairs: each folder is one film, its files the frames by name (``2.png`` before ``10.png``).

    ``next``: the source is the frame before the target. ``between``: the sources are the frames before and after it.

    Raises:
        UserError: they are pairs already, or no folder has enough frames.
    """
    if listing.paired or any(one.box is not None for one in listing.candidates):
        raise UserError("Video frames are single pictures in order, not pairs or boxes; set data.frames=null.")
    found: list[Candidate] = []
    for _, films in groupby(sorted(listing.candidates, key=_place), key=lambda one: _place(one)[0]):
        film = list(films)
        for i in range(1, len(film) - (frames == "between")):
            after = film[i + 1].path if frames == "between" else None
            found.append(film[i]._replace(label=0, pair=film[i - 1].path, after=after))
    if not found:
        raise UserError("No folder has enough frames for pairs; name a video, or a folder of frames in order.")
    listing.candidates, listing.classes, listing.paired, listing.side_by_side = found, (), True, None
    listing.fingerprint = hashlib.sha256(json.dumps([listing.fingerprint, frames]).encode()).hexdigest()
    listing.layout = f"Frames in their order: pairs for {'the next frame' if frames == 'next' else 'those between'}"
    return listing


def _place(candidate: Candidate) -> tuple[str, list[tuple[int, int, str]]]:
    path = PurePosixPath(candidate.path)
    words = re.split(r"(\d+)", path.stem)
    return str(path.parent), [(0, int(word), "") if word.isdecimal() else (1, 0, word) for word in words if word]
