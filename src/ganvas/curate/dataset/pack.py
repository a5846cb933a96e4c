"""Packing of pictures from any source into one zip for training: decoded, cropped, resized; again only if changed."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from ganvas.curate.dataset.encode import EncodingOptions, encode_candidate
from ganvas.curate.dataset.shards import fetch_shards, holds_shards
from ganvas.curate.images.crop import Half
from ganvas.curate.images.remarks import Remark, RemarkCount, count_remarks
from ganvas.curate.manifest import MANIFEST, Item, Manifest, SkippedFile, read_manifest
from ganvas.curate.ordered_map import ordered_map
from ganvas.curate.sources.annotations import Annotations, read_annotations
from ganvas.curate.sources.frame_pairs import Frames, in_sequence
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import Listing, SourceOptions
from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.paths import cache_dir
from ganvas.spec import Crop
from ganvas.weights import WEIGHTS

ENOUGH = (500, 64)  # pictures from which processes are worth their start: usually, and where faces are sought
RECIPE_OF_PIXELS = 3  # raised when the same file would give other pixels, so that old cached archives are not reused


@dataclass(frozen=True)
class PackReport:
    """The result of packing."""

    path: Path
    count: int
    classes: tuple[str, ...] = ()
    skipped: list[SkippedFile] = field(default_factory=list)
    reused: bool = False  # nothing had changed: no picture was read
    enlarged: int = 0  # pictures smaller than the resolution
    paired: bool = False
    layout: str = ""  # what was recognised in the way the files lay, as a sentence
    remarks: dict[str, RemarkCount] = field(default_factory=dict)  # what decoding changed or guessed


def pack(
    source: Path | str,
    output: Path | None = None,
    *,
    resolution: int,
    crop: Crop = "center",
    channels: int = 3,
    minimum: int = 1,
    side_by_side: Half | None = None,
    labels: bool = False,
    frames: Frames | None = None,
    boxes: Path | None = None,
    margin: float = 0.1,
    classes_by: str | None = None,
    database: str | None = None,
    parts_table: Path | None = None,
    workers: int | None = None,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PackReport:
    """Pack a folder, a zip of pictures, a catalogue, a packed data set or shards at a URL into one stored zip.

    There is one class for each top-level sub-folder, if more than one holds pictures; layouts of well-known data sets
    are recognised (``curate/sources/dataset_layouts``). Of a catalogue, the kept pictures are packed. Files that cannot
    be used are reported with a reason. The bytes of the archive depend on the pictures and the options alone.

    Args:
        source: what is packed.
        output: where the archive is written (atomically); None is a place in the cache, one for each content.
        resolution: side of the pictures in the archive, in pixels.
        crop: how pictures become square; ``face`` and ``face-fixed`` align faces, and skip pictures without one.
        channels: 3 (RGB) or 1 (grey).
        minimum: fewer usable pictures than this are an error.
        side_by_side: the pictures are twice as wide as high and hold a pair; this half is the source.
        labels: the sources of pairs are maps of labels: numbers, which are kept as they are.
        frames: the pictures are video frames in order: see :mod:`ganvas.curate.sources.frame_pairs`.
        boxes: annotations: one picture for each box, classes from the labels.
        margin: around a box, on each side, as a share of its longer side.
        classes_by: the attribute of CelebA that makes the classes.
        database: address of the catalogue's database, where it is not the file beside the pictures.
        parts_table: a CSV that assigns pictures to train, validation and test; of a catalogue, by default its
            ``split.csv``.
        workers: threads that decode; None is one per core.
        processes: more than one share the work instead of threads, where there are enough pictures; threads hardly
            speed up the search for faces. As with every use of ``spawn``, a script needs a ``__main__`` guard.
        progress: called with (done, total), in the calling thread.

    Raises:
        UserError: wrong source or output, or too few usable pictures.
    """
    _refuse_options(resolution, margin, crop, upright=bool(labels or frames))
    source = fetch_shards(source) if holds_shards(source) else Path(source).expanduser()
    annotations = None if boxes is None else read_annotations(Path(boxes).expanduser())
    listing = list_source(source, SourceOptions(classes_by, annotations, side_by_side, database, parts_table))
    if frames is not None and not (source.is_file() and listing.paired):  # that is: packed already
        listing = in_sequence(listing, frames)
    options = EncodingOptions(resolution, crop, channels, listing.side_by_side, margin if boxes else 0.0, labels)
    key = _key(listing, options, classes_by, annotations)
    manifest = _already_packed(source, options) if output is None else None
    if manifest is not None:
        output = source
    else:
        output = cache_dir() / "datasets" / f"{key[:32]}.zip" if output is None else Path(output).expanduser()
        manifest = _reusable(output, key)
    reused = manifest is not None
    if manifest is None:
        worth_it = len(listing.candidates) >= ENOUGH[crop in ("face", "face-fixed")]
        chosen = Workers(workers or os.cpu_count() or 1, processes if worth_it else 1)
        manifest = _build(listing, options, key, output, source, minimum, chosen, progress)
    _demand(len(manifest.items), minimum, source, list(manifest.skipped))
    return _report(output, manifest, reused)


def _refuse_options(resolution: int, margin: float, crop: Crop, *, upright: bool) -> None:
    if not 4 <= resolution <= 2048:
        raise UserError(f"The resolution must be from 4 to 2048 pixels, not {resolution}.")
    if not 0 <= margin <= 2:
        raise UserError(f"The margin is a share of a box's side from 0 to 2, not {margin:g}.")
    if upright and crop in ("face", "face-fixed"):
        raise UserError(
            f"The crop {crop} rotates pictures, which label maps and video frames do not allow; use center."
        )


def _key(listing: Listing, options: EncodingOptions, classes_by: str | None, annotations: Annotations | None) -> str:
    """A digest of everything that the bytes of the archive depend on."""
    wanted = [
        RECIPE_OF_PIXELS,
        listing.fingerprint,
        *options[:5],
        *(["labels"] if options.labels else []),
        classes_by,
        annotations and annotations.fingerprint,
        _face_readers(options.crop),
    ]
    return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()


def _report(output: Path, manifest: Manifest, reused: bool) -> PackReport:
    return PackReport(
        path=output,
        count=len(manifest.items),
        classes=manifest.classes,
        skipped=list(manifest.skipped),
        reused=reused,
        enlarged=manifest.enlarged,
        paired=manifest.paired,
        layout=manifest.layout,
        remarks=manifest.remarks,
    )


def _face_readers(crop: Crop) -> list[str]:
    """Which networks find the faces: others would put them elsewhere."""
    if crop not in ("face", "face-fixed"):
        return []
    return [WEIGHTS[name].sha256 for name in ("face-detection", "yunet", "face-landmark") if name in WEIGHTS]


def _demand(count: int, minimum: int, source: Path, skipped: list[SkippedFile]) -> None:
    if count >= max(minimum, 1):
        return
    first = f" (the first of {len(skipped)} skipped: {skipped[0].path}, {skipped[0].reason})" if skipped else ""
    if count == 0:
        raise UserError(f"None of the pictures in {source} can be used{first}; name a folder of pictures.")
    raise UserError(f"{source} has {count} usable pictures{first} where at least {minimum} are needed; add more.")


def _already_packed(source: Path, settings: EncodingOptions) -> Manifest | None:
    """The manifest of a source that is itself a data set of just these settings (its pictures are square already)."""
    if not source.is_file() or settings.side_by_side is not None:
        return None
    with zipfile.ZipFile(source) as archive:
        if MANIFEST not in archive.namelist():
            return None
    manifest = read_manifest(source)
    fits = (manifest.resolution, manifest.channels) == (settings.resolution, settings.channels)
    # Square pictures are cut no further, but faces would be sought in them.
    aligned = settings.crop == manifest.crop or settings.crop not in ("face", "face-fixed")
    return manifest if fits and aligned else None


def _reusable(output: Path, key: str) -> Manifest | None:
    """The manifest of an archive that was packed from the same files with the same settings."""
    if output.is_dir():
        raise UserError(f"{output} is a folder; name the .zip file to write.")
    if not output.exists():
        return None
    try:
        manifest = read_manifest(output)
    except UserError:
        if output.stat().st_size and not _ours(output):
            raise UserError(f"{output} exists and is not a packed data set; name another file to write.") from None
        return None
    return manifest if manifest.listing == key else None


def _ours(output: Path) -> bool:
    """Whether a file that cannot be read as a data set is in our own cache."""
    return output.resolve().is_relative_to(cache_dir().resolve())


# ── Pictures → members ──────────────────────────────────────────────────────────────────────────────────────────────


class Workers(NamedTuple):
    """How many threads, or processes, prepare the pictures."""

    threads: int
    processes: int = 1


class _Spooled(NamedTuple):
    name: str
    offset: int
    size: int


def _build(
    listing: Listing,
    settings: EncodingOptions,
    key: str,
    output: Path,
    source: Path,
    minimum: int,
    workers: Workers,
    progress: Callable[[int, int], None] | None,
) -> Manifest:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=output.parent) as spool:
            manifest, members = _spool(listing, settings, key, workers, progress, spool)
            _demand(len(manifest.items), minimum, source, list(manifest.skipped))
            _write_archive(output, manifest, members, spool)
    except OSError as error:
        raise UserError(
            f"{output} cannot be written ({error.strerror}); free some space or name another place."
        ) from None
    return manifest


def _spool(
    listing: Listing,
    settings: EncodingOptions,
    key: str,
    workers: Workers,
    progress: Callable[[int, int], None] | None,
    spool: BinaryIO,
) -> tuple[Manifest, list[_Spooled]]:
    """Prepare every picture into a scratch file: the manifest is first in the archive but is complete last."""
    items: list[Item] = []
    members: list[_Spooled] = []
    skipped = list(listing.skipped)
    remarks: list[tuple[str, frozenset[Remark]]] = []
    enlarged = 0
    total = len(listing.candidates)

    def keep(name: str, content: bytes) -> str:
        members.append(_Spooled(name, spool.tell(), len(content)))
        spool.write(content)
        return hashlib.sha256(content).hexdigest()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, which does not concern pixels
        work = partial(encode_candidate, read=listing.read, settings=settings)
        encoded = ordered_map(work, listing.candidates, processes=workers.processes, threads=workers.threads)
        for done, result in enumerate(encoded, start=1):
            if isinstance(result, SkippedFile):
                skipped.append(result)
            else:
                candidate, number = listing.candidates[done - 1], f"{len(items):08d}.png"
                folder = "images" if result.pair is None else "target"
                pair = pair_sha256 = None
                name = f"{folder}/{number}"
                sha256 = keep(name, result.png)
                if result.pair is not None:
                    pair = f"source/{number}"
                    pair_sha256 = keep(pair, result.pair)
                items.append(
                    Item(
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
            if progress is not None:
                progress(done, total)
    manifest = Manifest(
        resolution=settings.resolution,
        channels=1 if settings.channels == 1 else 3,
        crop=settings.crop,
        classes=listing.classes,
        paired=listing.paired,
        enlarged=enlarged,
        remarks=count_remarks(remarks),
        skipped=tuple(skipped),
        licences=tuple(listing.licences),
        layout=listing.layout,
        listing=key,
        items=tuple(items),
    )
    return manifest, members


def _write_archive(output: Path, manifest: Manifest, members: list[_Spooled], spool: BinaryIO) -> None:
    with replacing(output) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        # A fixed date keeps the bytes the same whenever the archive is written.
        archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), manifest.model_dump_json(indent=1))
        for member in members:
            spool.seek(member.offset)
            archive.writestr(zipfile.ZipInfo(member.name, (1980, 1, 1, 0, 0, 0)), spool.read(member.size))
