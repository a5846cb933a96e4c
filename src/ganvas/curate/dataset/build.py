"""Writing of a packed data set: every picture prepared in parallel, then one archive with the manifest first."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from ganvas.curate.dataset.archive import Spool
from ganvas.curate.dataset.encode import EncodingOptions, Outside, encode_candidate
from ganvas.curate.dataset.set_levels import measure_levels
from ganvas.curate.images.decode import SetLevels
from ganvas.curate.images.remarks import Remark, RemarkCount, count_remarks
from ganvas.curate.manifest import Item, Manifest, OutsideArea, SkippedFile
from ganvas.curate.ordered_map import ordered_map
from ganvas.curate.sources.listing import Listing
from ganvas.errors import UserError
from ganvas.files import making_parents
from ganvas.paths import writing


def demand(count: int, minimum: int, source: Path, skipped: list[SkippedFile]) -> None:
    """Refuse a set of too few pictures.

    Raises:
        UserError: there are fewer than ``minimum``, or none.
    """
    if count >= max(minimum, 1):
        return
    first = f" (the first of {len(skipped)} skipped: {skipped[0].path}, {skipped[0].reason})" if skipped else ""
    if count == 0:
        raise UserError(f"None of the pictures in {source} can be used{first}; name a folder of pictures.")
    raise UserError(f"{source} has {count} usable pictures{first} where at least {minimum} are needed; add more.")


MUCH_OUTSIDE = 0.1  # share of an aligned square outside of the picture that is counted
MOST = 0.9  # share of a set that must speak for another setting


class Workers(NamedTuple):
    """How many threads, or processes, prepare the pictures."""

    threads: int
    processes: int = 1


def build_archive(
    listing: Listing,
    settings: EncodingOptions,
    key: str,
    output: Path,
    source: Path,
    minimum: int,
    workers: Workers,
    progress: Callable[[int, int], None] | None,
) -> Manifest:
    """Prepare the pictures of a listing and write them as one archive, atomically.

    Args:
        listing: the pictures.
        settings: how they are prepared.
        key: the digest of everything that the bytes of the archive depend on.
        output: the archive.
        source: what is packed, for messages.
        minimum: fewer usable pictures than this are an error.
        workers: how many threads or processes prepare them.
        progress: called with (done, total).

    Raises:
        UserError: there are too few usable pictures, or the archive cannot be written.
    """
    with writing(output), making_parents(output), TemporaryFile(dir=output.parent) as file:
        spool = Spool(file)
        manifest = _spool(listing, settings, key, workers, progress, spool)
        demand(len(manifest.items), minimum, source, list(manifest.skipped))
        spool.write(output, manifest)
    return manifest


def _spool(
    listing: Listing,
    settings: EncodingOptions,
    key: str,
    workers: Workers,
    progress: Callable[[int, int], None] | None,
    spool: Spool,
) -> Manifest:
    """Prepare every picture into a scratch file."""
    items: list[Item] = []
    skipped = list(listing.skipped)
    remarks: list[tuple[str, frozenset[Remark]]] = []
    enlarged = 0
    label_values: Counter[int] = Counter()
    outside: list[Outside] = []
    total = len(listing.candidates)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, which does not concern pixels
        levels = measure_levels(listing, settings.decoding, threads=workers.threads, processes=workers.processes)
        work = partial(encode_candidate, read=listing.read, settings=settings, levels=levels)
        encoded = ordered_map(work, listing.candidates, processes=workers.processes, threads=workers.threads)
        for done, result in enumerate(encoded, start=1):
            if isinstance(result, SkippedFile):
                skipped.append(result)
            else:
                candidate, number = listing.candidates[done - 1], f"{len(items):08d}.png"
                folder = "images" if result.pair is None else "target"
                pair = pair_sha256 = None
                name = f"{folder}/{number}"
                sha256 = spool.keep(name, result.png)
                if result.pair is not None:
                    pair = f"source/{number}"
                    pair_sha256 = spool.keep(pair, result.pair)
                items.append(
                    Item(  # type: ignore[call-arg]
                        name=name,
                        sha256=sha256,
                        label=candidate.label,
                        source=candidate.path,
                        licence=candidate.licence,
                        pair=pair,
                        pair_sha256=pair_sha256,
                        split=candidate.split,
                        origin=candidate.origin,
                    )
                )
                enlarged += result.enlarged
                if result.remarks:
                    remarks.append((candidate.path, result.remarks))
                label_values.update(result.labels)
                outside += [] if result.outside is None else [result.outside]
            if progress is not None:
                progress(done, total)
    return Manifest(  # type: ignore[call-arg]
        resolution=settings.resolution,
        channels=settings.channels,  # type: ignore[arg-type] # checked by pack
        crop=settings.crop,
        classes=listing.classes,
        paired=listing.paired,
        enlarged=enlarged,
        remarks=_counted(remarks, len(items), settings, levels),
        outside=_outside_area(outside),
        label_values=dict(sorted(label_values.items())),
        skipped=tuple(skipped),
        licences=tuple(listing.licences),
        layout=listing.layout,
        listing=key,
        items=tuple(items),
    )


def _outside_area(found: list[Outside]) -> OutsideArea | None:
    """The area outside of the pictures, summed up; None where no square reaches far beyond its picture."""
    count = sum(one.share > MUCH_OUTSIDE for one in found)
    if not count:
        return None
    share, tight = (round(sum(shares) / len(found), 3) for shares in zip(*found, strict=True))
    return OutsideArea(count=count, share=share, tight=tight)


def _counted(
    remarks: list[tuple[str, frozenset[Remark]]], total: int, settings: EncodingOptions, levels: SetLevels
) -> dict[str, RemarkCount]:
    """The remarks on the pictures; suggestions only where they fit nearly the whole set."""
    counts = count_remarks(remarks, {Remark.DEEP: _told(levels), Remark.TRANSPARENT: settings.decoding.background})
    weak = [one for one in (Remark.FEW_COLOURS, Remark.GREY) if one in counts and counts[one].count < MOST * total]
    return {one: count for one, count in counts.items() if one not in weak}


def _told(levels: SetLevels) -> str:
    """The white levels of a set, for a sentence."""
    whites = [one.white for one in levels if one is not None]
    return " and ".join(f"{white:,.0f}" if white > 9 else f"{white:.3g}" for white in whites) or "its own for each"
