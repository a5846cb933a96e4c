"""Packing of music files into one zip of piano rolls for training; again only if something changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.dataset.archive import Spool, reusable
from ganvas.curate.dataset.pack import PackReport
from ganvas.curate.dataset.roll_page import to_page
from ganvas.curate.images.decode import PictureError, encode_png
from ganvas.curate.manifest import MANIFEST, Item, Manifest, SkippedFile, read_manifest
from ganvas.curate.music.near_duplicates import near_duplicates
from ganvas.curate.music.phrases import Roll, phrases_of
from ganvas.curate.music.piece import MusicError
from ganvas.curate.music.sources import MusicFiles, list_music, read_file
from ganvas.curate.ordered_map import ordered_map
from ganvas.errors import UserError
from ganvas.files import making_parents
from ganvas.paths import cache_dir, writing
from ganvas.spec import MAX_TEMPO, MIN_TEMPO, Performance, RollSpec

RECIPE_OF_ROLLS = (
    3  # raised when the same files would give other rolls or another tempo, so that old cached archives are not reused
)
NEAR_DUPLICATES = "near-duplicates of earlier phrases"


class PackedPhrase(NamedTuple):
    """A phrase on its way from the process that made it.

    Attributes:
        group: The piece.
        source: The piece and the bar.
        bits: The roll, packed.
        tempo: Quarter notes per minute; None where the file states none.
        programs: General MIDI program of each track; None where the file states none.
    """

    group: str
    source: str
    bits: npt.NDArray[np.uint8]
    tempo: float | None
    programs: tuple[int | None, ...]

    def roll(self, spec: RollSpec) -> Roll:
        """uint8 [time, pitches, tracks]."""
        shape = (spec.steps, spec.pitches, len(spec.tracks))
        return np.unpackbits(self.bits, count=int(np.prod(shape))).reshape(shape) * np.uint8(255)


class FileReport(NamedTuple):
    """What was found in one file.

    Attributes:
        path: The file.
        phrases: Its phrases.
        left_out: How much was left out, by reason.
        reason: Why nothing of it could be used; None where something could.
    """

    path: str
    phrases: list[PackedPhrase]
    left_out: Counter[str]
    reason: str | None = None


def pack_rolls(
    source: Path,
    output: Path | None = None,
    *,
    roll: RollSpec,
    minimum: int = 1,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PackReport:
    """Pack a folder or zip of MIDI, MusicXML and ``.npz`` files, or a packed set, into one stored zip of piano rolls.

    Files that cannot be used are reported with a reason; what was left out of the others is counted by reason, in the
    report's ``layout``. Near-duplicate phrases are packed once. Phrases of a piece are one group, which is never
    divided between training and evaluation.

    Args:
        source: what is packed.
        output: where the archive is written (atomically); None is a place in the cache.
        roll: the format of the rolls.
        minimum: fewer phrases than this are an error.
        processes: that read files.
        progress: called with (done, total) files.

    Raises:
        UserError: wrong source or output, too few phrases, or the ``music`` extra is missing.
    """
    source = source.expanduser()
    packed = _already_packed(source, roll)
    if packed is not None:
        return _report(source, packed, reused=True)
    files = list_music(source)
    wanted = [RECIPE_OF_ROLLS, files.fingerprint, roll.model_dump(mode="json")]
    key = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()
    output = cache_dir() / "datasets" / f"{key[:32]}.zip" if output is None else output.expanduser()
    manifest = reusable(output, key)
    reused = manifest is not None
    if manifest is None:
        manifest = _build(files, roll, key, output, source, minimum, processes, progress)
    _demand(len(manifest.items), minimum, source, list(manifest.skipped))
    return _report(output, manifest, reused)


def survey(
    source: Path, roll: RollSpec, *, processes: int = 1, progress: Callable[[int, int], None] | None = None
) -> tuple[list[FileReport], PackReport]:
    """What packing would give, file by file, without writing anything.

    Raises:
        UserError: wrong source, or the ``music`` extra is missing.
    """
    files = list_music(source.expanduser())
    reports = list(_read_all(files, roll, processes, progress))
    manifest = _manifest(files, roll, "", reports, None)
    return reports, _report(source, manifest, reused=False)


def _already_packed(source: Path, roll: RollSpec) -> Manifest | None:
    """The manifest of a source that is itself a packed set of such rolls."""
    import zipfile

    if not source.is_file() or not zipfile.is_zipfile(source):
        return None
    with zipfile.ZipFile(source) as archive:
        if MANIFEST not in archive.namelist():
            return None
    manifest = read_manifest(source)
    if manifest.roll is None:
        raise UserError(f"{source} is a packed set of pictures, and this recipe learns from music; name music files.")
    if manifest.roll != roll:
        raise UserError(f"{source} was packed with other roll settings; name the music files that it was packed from.")
    return manifest


def _build(
    files: MusicFiles,
    roll: RollSpec,
    key: str,
    output: Path,
    source: Path,
    minimum: int,
    processes: int,
    progress: Callable[[int, int], None] | None,
) -> Manifest:
    reports = list(_read_all(files, roll, processes, progress))
    with writing(output), making_parents(output), TemporaryFile(dir=output.parent) as file:
        spool = Spool(file)
        manifest = _manifest(files, roll, key, reports, spool)
        _demand(len(manifest.items), minimum, source, list(manifest.skipped))
        spool.write(output, manifest)
    return manifest


def _read_all(
    files: MusicFiles, roll: RollSpec, processes: int, progress: Callable[[int, int], None] | None
) -> list[FileReport]:
    found = []
    work = partial(read_phrases, files=files, roll=roll)
    for done, report in enumerate(ordered_map(work, files.paths, processes=min(processes, len(files.paths))), start=1):
        found.append(report)
        if progress is not None:
            progress(done, len(files.paths))
    return found


def read_phrases(path: str, files: MusicFiles, roll: RollSpec) -> FileReport:
    """The phrases of one file; runs in the workers."""
    left_out: Counter[str] = Counter()
    phrases: list[PackedPhrase] = []
    reasons = []
    try:
        pieces = read_file(path, files.read(path))
    except (MusicError, PictureError) as error:
        return FileReport(path, [], left_out, str(error))
    for piece in pieces:
        group = f"{path}#{piece.name}" if piece.name else path
        try:
            for phrase in phrases_of(piece, roll, left_out):
                bits = np.packbits(phrase.roll > 0)
                where = f"{group}, bar {phrase.bar}"
                phrases.append(PackedPhrase(group, where, bits, phrase.tempo, phrase.programs))
        except MusicError as error:
            reasons.append(str(error))
    if phrases:
        left_out.update(f"pieces ({reason})" for reason in reasons)
        return FileReport(path, phrases, left_out)
    most = max(left_out, key=lambda reason: left_out[reason], default="")
    why = reasons[0] if reasons else f"no phrase of {roll.bars} bars" + (f": {left_out[most]:,} {most}" if most else "")
    return FileReport(path, [], left_out, why)


def _manifest(files: MusicFiles, roll: RollSpec, key: str, reports: list[FileReport], spool: Spool | None) -> Manifest:
    """The manifest of all phrases but near-duplicates, whose pages go to the spool."""
    phrases = [phrase for report in reports for phrase in report.phrases]
    repeats = near_duplicates([phrase.roll(roll) for phrase in phrases], roll)
    left_out: Counter[str] = Counter()
    for report in reports:
        left_out.update(report.left_out)
    left_out[NEAR_DUPLICATES] += len(repeats)
    kept = [phrase for number, phrase in enumerate(phrases) if number not in repeats]
    licence = files.licences[0].path if files.licences else None
    items = []
    for number, phrase in enumerate(kept):
        name, sha256 = f"rolls/{number:08d}.png", ""
        if spool is not None:
            sha256 = spool.keep(name, encode_png(to_page(phrase.roll(roll))))
        item = Item(name=name, sha256=sha256, source=phrase.source, licence=licence, group=phrase.group)  # type: ignore[call-arg]
        items.append(item)
    pieces = len({phrase.group for phrase in kept})
    counts = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items() if count)
    layout = f"{len(kept):,} phrases of {roll.bars} bars from {pieces:,} pieces." + (
        f" Left out: {counts}." if counts else ""
    )
    skipped = [*files.skipped, *(SkippedFile(report.path, report.reason) for report in reports if report.reason)]
    return Manifest(  # type: ignore[call-arg]
        schema_version=2,
        resolution=roll.pitches,
        channels=1,
        crop="center",
        skipped=tuple(skipped),
        licences=tuple(files.licences),
        layout=layout,
        listing=key,
        roll=roll,
        performance=performance_of(kept, roll),
        items=tuple(items),
    )


def performance_of(phrases: list[PackedPhrase], roll: RollSpec) -> Performance:
    """How the phrases are played: their median tempo, and the most frequent program of each track."""
    tempi = [phrase.tempo for phrase in phrases if phrase.tempo is not None]
    programs = []
    for track in range(len(roll.tracks)):
        found = Counter(phrase.programs[track] for phrase in phrases)
        del found[None]
        programs.append(max(found, key=lambda program: found[program], default=None))
    tempo = round(min(max(float(np.median(tempi)), MIN_TEMPO), MAX_TEMPO)) if tempi else None
    return Performance(tempo=tempo, programs=tuple(programs))


def _demand(count: int, minimum: int, source: Path, skipped: list[SkippedFile]) -> None:
    if count >= max(minimum, 1):
        return
    first = f" (the first of {len(skipped)} skipped: {skipped[0].path}, {skipped[0].reason})" if skipped else ""
    raise UserError(
        f"{source} gives {count} phrases{first} where at least {max(minimum, 1)} are needed; add more music."
    )


def _report(path: Path, manifest: Manifest, reused: bool) -> PackReport:
    return PackReport(
        path=path,
        count=len(manifest.items),
        skipped=list(manifest.skipped),
        reused=reused,
        layout=manifest.layout,
        items="phrases",
    )
