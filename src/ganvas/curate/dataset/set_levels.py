"""Black and white of a set whose pictures have more than 8 bits: one pair for all of them, by all of their values."""

from __future__ import annotations

from functools import partial

from ganvas.curate.images.bit_depth import ValueRange, guess_levels
from ganvas.curate.images.decode import DecodeOptions, PictureError, SetLevels, deep_range
from ganvas.curate.ordered_map import ordered_map
from ganvas.curate.sources.listing import FileReader, Listing

SAMPLED = 64  # files, evenly spread, of which one must be deep for all to be measured


def measure_levels(listing: Listing, options: DecodeOptions, *, threads: int, processes: int) -> SetLevels:
    """The levels of a set; where a spread sample holds no deep picture, none are measured.

    Pictures of such a set that turn out to be deep have levels of their own.
    """
    if options.white_level is not None:
        return SetLevels()
    paths = [path for one in listing.candidates for path in (one.path, one.pair, one.after) if path is not None]
    measure = partial(_range, read=listing.read, options=options)
    if not any(measure(path) for path in paths[:: max(len(paths) // SAMPLED, 1)]):
        return SetLevels()
    found: dict[bool, ValueRange] = {}
    for values in ordered_map(measure, paths, processes=processes, threads=threads):
        if values is not None:
            known = found.get(values.floating)
            found[values.floating] = values if known is None else known.joined(values)
    levels = {floating: guess_levels(values) for floating, values in found.items()}
    return SetLevels(levels.get(False), levels.get(True))


def _range(path: str, read: FileReader, options: DecodeOptions) -> ValueRange | None:
    try:
        return deep_range(read(path), options)
    except PictureError:
        return None
