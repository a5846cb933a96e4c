"""Packing of pictures from any source into one zip for training: decoded, cropped, resized; again only if changed."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ganvas.crops import FACE_CROPS, Crop, Resize
from ganvas.curate.dataset.archive import reusable
from ganvas.curate.dataset.build import Workers, build_archive, demand
from ganvas.curate.dataset.encode import EncodingOptions
from ganvas.curate.dataset.shards import fetch_shards, holds_shards
from ganvas.curate.images.decode import DecodeOptions
from ganvas.curate.images.remarks import RemarkCount
from ganvas.curate.label_maps import LabelMaps, check_label_values
from ganvas.curate.manifest import MANIFEST, Manifest, OutsideArea, SkippedFile, read_manifest
from ganvas.curate.own_folders import OwnFolder
from ganvas.curate.sources.annotations import Annotations, read_annotations
from ganvas.curate.sources.frame_pairs import Frames, in_sequence
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import Listing, SideBySide, SourceOptions, Structure
from ganvas.errors import UserError
from ganvas.files import clear_leftovers
from ganvas.paths import cache_dir
from ganvas.spec import DataSpec, rgb_of
from ganvas.weights import WEIGHTS

ENOUGH = (500, 64)  # pictures from which processes are worth their start: usually, and where faces are sought
RECIPE_OF_PIXELS = 5  # raised when the same file would give other pixels, so that old cached archives are not reused


@dataclass(frozen=True)
class PackReport:
    """The result of packing."""

    path: Path
    count: int
    classes: tuple[str, ...] = ()
    skipped: list[SkippedFile] = field(default_factory=list)
    reused: bool = False  # nothing had changed: no picture was read
    enlarged: int = 0  # pictures smaller than the resolution
    outside: OutsideArea | None = None  # aligned faces whose square reaches beyond their pictures
    paired: bool = False
    layout: str = ""  # what was recognised in the way the files lay, as a sentence
    own_folders: tuple[OwnFolder, ...] = ()  # left out, because Ganvas itself wrote them
    remarks: dict[str, RemarkCount] = field(default_factory=dict)  # what decoding changed or guessed
    others: tuple[str, ...] = ()  # files of the source that are clearly no pictures
    items: str = "pictures"  # what was packed


def pack(
    source: Path | str,
    output: Path | None = None,
    *,
    resolution: int,
    crop: Crop = "center",
    channels: int = 3,
    minimum: int = 1,
    side_by_side: SideBySide = None,
    structure: Structure = "any",
    labels: LabelMaps | None = None,
    decoding: DecodeOptions = DecodeOptions(),  # noqa: B008 - immutable
    resize: Resize = "lanczos",
    frames: Frames | None = None,
    boxes: Path | None = None,
    margin: float = 0.1,
    classes_by: str | None = None,
    database: str | None = None,
    parts_table: Path | None = None,
    zip_encoding: str | None = None,
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
        crop: how pictures become square; those that begin with ``face`` align faces, and skip pictures without one.
        channels: 3 (RGB), 1 (grey) or 4 (RGB and opacity).
        minimum: fewer usable pictures than this are an error.
        side_by_side: the pictures are twice as wide as high and hold a pair, of which this half is the source; or
            ``single``: each is one picture. None: recognised.
        structure: the arrangement that the pictures are needed in; others are an error.
        labels: what the numbers of sources that are label maps mean; None: sources are pictures.
        decoding: the white level of deep pictures, the colour under transparent ones, the largest number of pixels.
        resize: ``nearest`` keeps the pixels of pixel art.
        frames: the pictures are video frames in order: see :mod:`ganvas.curate.sources.frame_pairs`.
        boxes: annotations: one picture for each box, classes from the labels.
        margin: around a box, on each side, as a share of its longer side.
        classes_by: the attribute of CelebA that makes the classes.
        database: address of the catalogue's database, where it is not the file beside the pictures.
        parts_table: a CSV with the part of each picture; None: of a catalogue its ``split.csv``.
        zip_encoding: of the names in a zip that are not marked as UTF-8; None: detected.
        workers: threads that decode; None is one per core.
        processes: more than one share the work instead of threads, where there are enough pictures. As with every use
            of ``spawn``, a script needs a ``__main__`` guard.
        progress: called with (done, total), in the calling thread.

    Raises:
        UserError: wrong source or output, too few usable pictures, or label maps with undeclared labels.
    """
    _refuse_options(resolution, margin, crop, decoding, upright=bool(labels or frames))
    source = fetch_shards(source) if holds_shards(source) else Path(source).expanduser()
    annotations = None if boxes is None else read_annotations(Path(boxes).expanduser())
    wanted = SourceOptions(classes_by, annotations, side_by_side, database, parts_table, structure, zip_encoding)
    listing = _listed(source, wanted, frames)
    margin = margin if boxes else 0.0
    maps = labels._replace(palette=()) if labels is not None and listing.packed else labels
    options = EncodingOptions(resolution, crop, channels, listing.side_by_side, margin, maps, decoding, resize)
    key = _key(listing, options, classes_by, annotations)
    manifest = _already_packed(source, options, listing) if output is None else None
    if manifest is not None:
        output = source
    else:
        output = _in_cache(key) if output is None else Path(output).expanduser()
        manifest = reusable(output, key)
    reused = manifest is not None
    if manifest is None:
        chosen = _workers(workers, processes, len(listing.candidates), crop)
        manifest = build_archive(listing, options, key, output, source, minimum, chosen, progress)
    _check(manifest, minimum, source, labels)
    return _report(output, manifest, listing, reused)


def _check(manifest: Manifest, minimum: int, source: Path, labels: LabelMaps | None) -> None:
    demand(len(manifest.items), minimum, source, list(manifest.skipped))
    if labels is not None:
        check_label_values(manifest.label_values, labels, str(source))


def _workers(threads: int | None, processes: int, candidates: int, crop: Crop) -> Workers:
    worth_it = candidates >= ENOUGH[crop in FACE_CROPS]
    return Workers(threads or os.cpu_count() or 1, processes if worth_it else 1)


def _listed(source: Path, wanted: SourceOptions, frames: Frames | None) -> Listing:
    if frames is not None and wanted.side_by_side is None:
        wanted = wanted._replace(side_by_side="single")  # a film may be twice as wide as high
    listing = list_source(source, wanted)
    return listing if frames is None or (listing.packed and listing.paired) else in_sequence(listing, frames)


def pack_like(source: Path | str, data: DataSpec) -> PackReport:
    """Pack pictures as those of a model were prepared; see :func:`pack`."""
    return pack(
        source,
        resolution=data.resolution,
        crop=data.crop,
        channels=data.channels,
        decoding=DecodeOptions.of(data),
        resize=data.resize,
    )


def _refuse_options(resolution: int, margin: float, crop: Crop, decoding: DecodeOptions, *, upright: bool) -> None:
    _refuse_decoding(decoding)
    if not 4 <= resolution <= 2048:
        raise UserError(f"The resolution must be from 4 to 2048 pixels, not {resolution}.")
    if not 0 <= margin <= 2:
        raise UserError(f"The margin is a share of a box's side from 0 to 2, not {margin:g}.")
    if upright and crop in FACE_CROPS:
        raise UserError(
            f"The crop {crop} rotates pictures, which label maps and video frames do not allow; use center."
        )


def _refuse_decoding(decoding: DecodeOptions) -> None:
    if decoding.max_pixels < 1:
        raise UserError("The limit of a picture's pixels must be 1 or more.")
    if decoding.white_level is not None and not 0 < decoding.white_level < float("inf"):
        raise UserError(f"The white level must be a number above 0, not {decoding.white_level:g}.")
    try:
        rgb_of(decoding.background)
    except ValueError as error:
        raise UserError(f"The background is wrong: {error}.") from None


def _in_cache(key: str) -> Path:
    """The path of an archive in the cache, which is cleared of what killed processes left."""
    folder = cache_dir() / "datasets"
    clear_leftovers(folder, earlier=True)
    return folder / f"{key[:32]}.zip"


def _key(listing: Listing, options: EncodingOptions, classes_by: str | None, annotations: Annotations | None) -> str:
    """A digest of everything that the bytes of the archive depend on."""
    found = [listing.paired, listing.classes, [(one.path, one.label, one.pair) for one in listing.candidates]]
    wanted = [
        RECIPE_OF_PIXELS,
        listing.fingerprint,
        hashlib.sha256(json.dumps(found).encode()).hexdigest(),
        *options[:5],
        *(["labels", options.labels.palette] if options.labels else []),
        *([options.decoding] if options.decoding != DecodeOptions() else []),
        *([options.resize] if options.resize != "lanczos" else []),
        classes_by,
        annotations and annotations.fingerprint,
        _face_readers(options.crop),
    ]
    return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()


def _report(output: Path, manifest: Manifest, listing: Listing, reused: bool) -> PackReport:
    return PackReport(
        path=output,
        count=len(manifest.items),
        classes=manifest.classes,
        skipped=list(manifest.skipped),
        reused=reused,
        enlarged=manifest.enlarged,
        outside=manifest.outside,
        paired=manifest.paired,
        layout=listing.layout,
        own_folders=tuple(listing.own_folders),
        remarks=manifest.remarks,
        others=tuple(listing.others),
    )


def _face_readers(crop: Crop) -> list[str]:
    """Which networks find the faces: others would put them elsewhere."""
    if crop not in FACE_CROPS:
        return []
    return [WEIGHTS[name].sha256 for name in ("face-detection", "yunet", "face-landmark") if name in WEIGHTS]


def _already_packed(source: Path, settings: EncodingOptions, listing: Listing) -> Manifest | None:
    """The manifest of a source that is itself a data set of just these settings (its pictures are square already)."""
    if not source.is_file() or settings.side_by_side is not None:
        return None
    with zipfile.ZipFile(source) as archive:
        if MANIFEST not in archive.namelist():
            return None
    manifest = read_manifest(source)
    fits = (manifest.resolution, manifest.channels) == (settings.resolution, settings.channels)
    fits = fits and manifest.paired == listing.paired
    # Square pictures are cut no further, but faces would be sought in them.
    aligned = settings.crop == manifest.crop or settings.crop not in FACE_CROPS
    return manifest if fits and aligned else None
