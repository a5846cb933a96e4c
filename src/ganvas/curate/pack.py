"""Any pictures → one archive that training reads: decoded, cut square, resized, and packed again only if changed."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Literal, NamedTuple

from PIL import Image

from ganvas.curate.dataset import MANIFEST, Dataset, Item, Manifest, Skipped, Split, read_manifest, split
from ganvas.curate.images import Box, PictureError, crop_box, encode_png, open_image, prepare_image
from ganvas.curate.sources import Candidate, Listing, list_source
from ganvas.terms import Crop, UserError, cache_dir

__all__ = ["Dataset", "PackReport", "Skipped", "Split", "open_image", "pack", "prepare_image", "split"]

RECIPE_OF_PIXELS = 1  # raised when the same file would give other pixels, so that old cached archives are not reused


@dataclass(frozen=True)
class PackReport:
    """What packing did."""

    path: Path
    count: int
    classes: tuple[str, ...] = ()
    skipped: list[Skipped] = field(default_factory=list)
    reused: bool = False  # nothing had changed: no picture was read
    enlarged: int = 0  # pictures smaller than the resolution
    paired: bool = False


class Settings(NamedTuple):
    """What decides the pixels."""

    resolution: int
    crop: Crop
    channels: int
    side_by_side: Literal["left", "right"] | None


class _Prepared(NamedTuple):
    png: bytes
    pair: bytes | None
    enlarged: bool


def pack(
    source: Path,
    output: Path | None = None,
    *,
    resolution: int,
    crop: Crop = "center",
    channels: int = 3,
    minimum: int = 1,
    side_by_side: Literal["left", "right"] | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PackReport:
    """Pack a folder, a zip of pictures or a packed data set into one stored zip.

    A class for each top-level sub-folder, if more than one holds pictures. Folders named ``source`` and ``target`` with
    equal file names make pairs. Files that cannot be used are reported with a reason. The archive's bytes depend on the
    pictures and the settings alone.

    :param output: where the archive is written (atomically); None is a place in the cache, one for each content.
    :param resolution: side of the pictures in the archive, in pixels.
    :param channels: 3 (RGB) or 1 (grey).
    :param minimum: fewer usable pictures than this are an error.
    :param side_by_side: the pictures are twice as wide as high and hold a pair; this half is the source.
    :param workers: threads that decode; None is one a core.
    :param progress: called with (done, total), in the calling thread.
    :raises UserError: wrong source or output, or too few usable pictures.
    """
    source = Path(source).expanduser()
    if not 4 <= resolution <= 2048:
        raise UserError(f"The resolution must be from 4 to 2048 pixels, not {resolution}.")
    settings = Settings(resolution, crop, channels, side_by_side)
    listing = list_source(source)
    wanted = [RECIPE_OF_PIXELS, listing.fingerprint, *settings]
    key = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()
    if output is None:
        ready = _already_packed(source, settings)
        output = source if ready else cache_dir() / "datasets" / f"{key[:32]}.zip"
    else:
        output = Path(output).expanduser()
        ready = None
    if ready is None:
        ready = _reusable(output, key)
    if ready is None:
        ready = _build(listing, settings, key, output, source, minimum, workers or os.cpu_count() or 1, progress)
        reused = False
    else:
        reused = True
    report = PackReport(
        path=output,
        count=len(ready.items),
        classes=ready.classes,
        skipped=list(ready.skipped),
        reused=reused,
        enlarged=ready.enlarged,
        paired=ready.paired,
    )
    _demand(report.count, minimum, source, report.skipped)
    return report


def _demand(count: int, minimum: int, source: Path, skipped: list[Skipped]) -> None:
    if count >= max(minimum, 1):
        return
    first = f" (the first of {len(skipped)} skipped: {skipped[0].path}, {skipped[0].reason})" if skipped else ""
    if count == 0:
        raise UserError(f"None of the pictures in {source} can be used{first}; name a folder of pictures.")
    raise UserError(f"{source} has {count} usable pictures{first} where at least {minimum} are needed; add more.")


def _already_packed(source: Path, settings: Settings) -> Manifest | None:
    """The manifest of a source that is itself a data set of just these settings (its pictures are square already)."""
    if not source.is_file() or settings.side_by_side is not None:
        return None
    with zipfile.ZipFile(source) as archive:
        if MANIFEST not in archive.namelist():
            return None
    manifest = read_manifest(source)
    fits = (manifest.resolution, manifest.channels) == (settings.resolution, settings.channels)
    return manifest if fits else None


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
            raise UserError(f"{output} exists and is no packed data set; name another file to write.") from None
        return None
    return manifest if manifest.listing == key else None


def _ours(output: Path) -> bool:
    """Whether a file that cannot be read as a data set at least stands in our own cache."""
    return output.resolve().is_relative_to(cache_dir().resolve())


# ── Pictures → members ──────────────────────────────────────────────────────────────────────────────────────────────


def _halves(image: Image.Image, source_half: Literal["left", "right"]) -> tuple[Image.Image, Image.Image]:
    """A side-by-side picture → target, source."""
    width, height = image.size
    if abs(width - 2 * height) > 2:
        raise PictureError(f"not twice as wide as high ({width} × {height})")
    left, right = image.crop((0, 0, width // 2, height)), image.crop((width - width // 2, 0, width, height))
    return (right, left) if source_half == "left" else (left, right)


def _scaled(box: Box, from_size: tuple[int, int], to_size: tuple[int, int]) -> Box:
    x, y = to_size[0] / from_size[0], to_size[1] / from_size[1]
    return (box[0] * x, box[1] * y, box[2] * x, box[3] * y)


def _prepare(candidate: Candidate, listing: Listing, settings: Settings) -> _Prepared | Skipped:
    resolution = settings.resolution
    path = candidate.path
    try:
        content = listing.read(path)
        origin: Image.Image | None = None
        if settings.side_by_side is not None:
            image, origin = _halves(open_image(content, least=resolution), settings.side_by_side)
        else:
            image = open_image(content, least=resolution)
        if candidate.pair is not None:
            path = candidate.pair
            origin = open_image(listing.read(path), least=resolution)
        box = crop_box(image, settings.crop)
        enlarged = min(box[2] - box[0], box[3] - box[1]) < resolution
        png = encode_png(prepare_image(image, resolution, settings.crop, settings.channels, box=box))
        if origin is None:
            return _Prepared(png, None, enlarged)
        # Both pictures of a pair are cut by one box, or they would no longer lie on each other.
        other = _scaled(box, image.size, origin.size)
        return _Prepared(png, encode_png(prepare_image(origin, resolution, settings.crop, 3, box=other)), enlarged)
    except PictureError as error:
        return Skipped(path, str(error))


def _in_order(listing: Listing, settings: Settings, workers: int) -> Iterator[_Prepared | Skipped]:
    """Prepare all candidates on threads (Pillow lets go of the interpreter while it works), results in their order."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[_Prepared | Skipped]] = deque()
        try:
            for candidate in listing.candidates:
                waiting.append(pool.submit(_prepare, candidate, listing, settings))
                if len(waiting) > 8 * workers:  # bounds the memory, whatever the size of the set
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _Spooled(NamedTuple):
    name: str
    offset: int
    size: int


def _build(
    listing: Listing,
    settings: Settings,
    key: str,
    output: Path,
    source: Path,
    minimum: int,
    workers: int,
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
    settings: Settings,
    key: str,
    workers: int,
    progress: Callable[[int, int], None] | None,
    spool: BinaryIO,
) -> tuple[Manifest, list[_Spooled]]:
    """Prepare every picture into a scratch file: the manifest stands first in the archive but is known last."""
    items: list[Item] = []
    members: list[_Spooled] = []
    skipped = list(listing.skipped)
    enlarged = 0
    total = len(listing.candidates)

    def keep(name: str, content: bytes) -> str:
        members.append(_Spooled(name, spool.tell(), len(content)))
        spool.write(content)
        return hashlib.sha256(content).hexdigest()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata, which is of no concern to pixels
        for done, result in enumerate(_in_order(listing, settings, workers), start=1):
            if isinstance(result, Skipped):
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
                    )
                )
                enlarged += result.enlarged
            if progress is not None:
                progress(done, total)
    manifest = Manifest(
        resolution=settings.resolution,
        channels=1 if settings.channels == 1 else 3,
        crop=settings.crop,
        classes=listing.classes,
        paired=listing.paired or settings.side_by_side is not None,
        enlarged=enlarged,
        skipped=tuple(skipped),
        licences=tuple(listing.licences),
        listing=key,
        items=tuple(items),
    )
    return manifest, members


def _write_archive(output: Path, manifest: Manifest, members: list[_Spooled], spool: BinaryIO) -> None:
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                # A fixed date keeps the bytes the same whenever the archive is written.
                archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), manifest.model_dump_json(indent=1))
                for member in members:
                    spool.seek(member.offset)
                    archive.writestr(zipfile.ZipInfo(member.name, (1980, 1, 1, 0, 0, 0)), spool.read(member.size))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
