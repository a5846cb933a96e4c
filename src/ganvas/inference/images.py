"""Named pictures from a model, made one batch after another, and their writing as a folder, a zip or a grid."""

from __future__ import annotations

import errno
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganvas.curate.images.decode import DecodeOptions, PictureError, encode_png
from ganvas.curate.own_folders import files_below
from ganvas.errors import UserError
from ganvas.files import replacing, write_atomically
from ganvas.inference.generate import check_psi, class_in_turn, class_number, generate
from ganvas.inference.picture_files import is_picture_file, write_picture
from ganvas.inference.reference import ReferenceOptions, translate_by_reference
from ganvas.inference.session import TorchSession
from ganvas.inference.source_report import SourceReport
from ganvas.inference.translate import direction_into, has_numbers, prepare_source, takes_frame_pairs, translate
from ganvas.inference.whole import AnswerSize, multiple_of, translate_whole, whole_source
from ganvas.models.batches import ReferenceRequest, SynthesisRequest, TranslationRequest
from ganvas.models.capabilities import Enlarges
from ganvas.models.family import Family
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures, grid

BATCH_SIZE = 32


class NamedImage(NamedTuple):
    """A picture uint8 [H, W, C], and its file's name without suffix (with / between folders)."""

    name: str
    pixels: Pictures


class ImageStream(NamedTuple):
    """Pictures that are generated while they are read.

    Attributes:
        total: How many there will be at most.
        images: The pictures.
        report: Translation: what became of the sources so far.
    """

    total: int
    images: Iterator[NamedImage]
    report: SourceReport | None = None


@dataclass(frozen=True)
class ImageOptions:
    """What a model generates.

    Attributes:
        count: Synthesis: how many pictures, of the seeds ``seed``, ``seed`` + 1, …; translation: at most that many.
        seed: The first seed, 0 or more.
        class_name: Name or number of a class; None: the classes in turn.
        psi: Truncation in [-2, 2]; 1: none, 0: no variation.
        per_class: That many pictures of every class instead of ``count``, in one folder per class, with distinct seeds.
        source: Translation: a picture, or a folder of pictures.
        prepared: The sources are the model's own input (drawings, for instance), and are not degraded first.
        domain: Unpaired translation: the domain to translate to, ``A``, ``B`` or its name; None: B. By reference: its
            name or number; None: that of the folder a reference lies in; without references each domain in turn.
        size: Translation without a reference: the square of training, or the whole picture, see
            :mod:`ganvas.inference.whole`.
        reference: By reference: a picture or a folder of pictures whose style to take; None: ``count`` random styles
            per source.
    """

    count: int = 16
    seed: int = 0
    class_name: str | None = None
    psi: float = 1.0
    per_class: int | None = None
    source: Path | None = None
    prepared: bool = False
    domain: str | None = None
    size: AnswerSize = "square"
    reference: Path | None = None


def make_images(family: Family, options: ImageOptions) -> ImageStream:
    """Generate or translate pictures, one batch after another: memory does not grow with their number.

    Raises:
        UserError: The options do not fit the model.
    """
    spec = TASKS[family.task]
    if spec.request is SynthesisRequest:
        return _synthesis(family, options)
    if spec.request is ReferenceRequest:
        seeds = range(options.seed, options.seed + options.count)
        wanted = ReferenceOptions(options.source, options.reference, options.domain, options.count, seeds)
        report = SourceReport()
        total, made = translate_by_reference(family, wanted, report)
        return ImageStream(total, (NamedImage(name, pixels) for name, pixels in made), report)
    spec.require(TranslationRequest)
    return _translation(family, options)


# ── Synthesis ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Sample(NamedTuple):
    """A seed, its class, and the folder of its file."""

    seed: int
    label: int
    folder: str = ""


def _synthesis(family: Family, options: ImageOptions) -> ImageStream:
    check_psi(family, options.psi)
    if options.seed < 0:
        raise UserError(f"--seed is 0 or more, not {options.seed}.")
    if options.per_class is not None:
        samples = _samples_per_class(family, options, options.per_class)
    else:
        classes = family.data.classes
        label = class_number(classes, options.class_name)
        seeds = range(options.seed, options.seed + options.count)
        samples = [_Sample(seed, class_in_turn(seed, len(classes)) if label is None else label) for seed in seeds]
    return ImageStream(len(samples), _generate(family, samples, options.psi))


def _samples_per_class(family: Family, options: ImageOptions, count: int) -> list[_Sample]:
    classes = family.data.classes
    if not classes:
        raise UserError("This model has no classes, so --per-class does not apply; use --count.")
    if options.class_name is not None:
        raise UserError("--per-class makes pictures of every class; leave --class out, or use --count with it.")
    if count < 1:
        raise UserError(f"--per-class must be 1 or more, not {count}.")
    return [
        _Sample(options.seed + label * count + number, label, f"{Path(name).name}/")
        for label, name in enumerate(classes)
        for number in range(count)
    ]


def _generate(family: Family, samples: list[_Sample], psi: float) -> Iterator[NamedImage]:
    classes = family.data.classes
    seeds, labels = [sample.seed for sample in samples], [sample.label for sample in samples]
    batches = generate(TorchSession(family), family.z_dim, seeds, labels, psi, batch_size=BATCH_SIZE)
    pictures = (picture for batch in batches for picture in batch)
    for sample, pixels in zip(samples, pictures, strict=True):
        ending = f"-{Path(classes[sample.label]).name}" if classes and not sample.folder else ""
        yield NamedImage(f"{sample.folder}seed{sample.seed:06d}{ending}", pixels)


# ── Translation ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _translation(family: Family, options: ImageOptions) -> ImageStream:
    source = options.source
    if source is None:
        raise UserError("This model translates pictures; give it some with --source FILE or FOLDER.")
    if not source.exists():
        raise UserError(f"There is no {source}; give a picture or a folder of pictures.")
    if takes_frame_pairs(family.data):
        raise UserError("This model generates frames between two frames; give it a video.")
    files = files_below(source) if source.is_dir() else [source]
    direction = direction_into(family, options.domain)
    report = SourceReport()
    made = _translate(family, options, source, files, direction, report)
    return ImageStream(min(options.count, len(files)), made, report)


def _translate(
    family: Family, options: ImageOptions, source: Path, files: list[Path], direction: int, report: SourceReport
) -> Iterator[NamedImage]:
    session, data, enlarges = TorchSession(family), family.data, isinstance(family, Enlarges)
    multiple = None if options.size == "square" or enlarges else multiple_of(family)
    made = 0
    last: PictureError | None = None
    for number, file in enumerate(files):
        if made == options.count:
            break
        try:
            image = report.open(file, DecodeOptions.of(data), labels=has_numbers(data))
            rng = np.random.default_rng((options.seed, number))
            if multiple is None:
                pixels = prepare_source(data, image, enlarges=enlarges, prepared=options.prepared, rng=rng)
            else:
                pixels = whole_source(data, image, options.size, prepared=options.prepared, rng=rng)
        except PictureError as error:
            report.skip(file, error)
            last = error
            continue
        if multiple is None:
            picture = translate(session, data, pixels, enlarges=enlarges, direction=direction)
        else:
            picture = translate_whole(session, pixels, multiple, direction=direction, labels=data.labels > 0)
        made += 1
        yield NamedImage(f"{number:06d}-{file.stem}", picture)
    if not made:
        raise UserError(f"There is no usable picture in {source} ({last or 'it is empty'}); choose another source.")


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _grid(made: list[Pictures], output: Path) -> Pictures:
    if len({one.shape for one in made}) > 1:
        raise UserError(f"Pictures of different sizes make no grid, as {output} would be; name a folder or a .zip.")
    return grid(np.stack(made), max(round(len(made) ** 0.5), 1))


class Written(NamedTuple):
    """What was written, and how many pictures."""

    path: Path
    pictures: int


def write_images(
    stream: ImageStream,
    output: Path,
    *,
    as_zip: bool = False,
    as_grid: bool = False,
    progress: Callable[[int, int], None] | None = None,
    encode: Callable[[NamedImage], bytes] = lambda image: encode_png(image.pixels),
) -> Written:
    """Write pictures as PNG files into a folder, as one zip, or as one picture.

    Args:
        stream: The pictures; each file is written as soon as its picture is made.
        output: A folder, or a file that ends in ``.zip``, or as a picture: one picture is written there as it is, and
            several as a grid.
        as_zip: Write one zip whatever the name ends in. It appears when it is complete.
        as_grid: Write one picture of all.
        progress: Called with how many pictures are done and how many there will be.
        encode: Writes one picture as PNG; not used for a grid, or a picture of another format.

    Raises:
        UserError: The output cannot be written.
    """
    count = 0

    def counted() -> Iterator[NamedImage]:
        nonlocal count
        for image in stream.images:
            yield image
            count += 1
            if progress is not None:
                progress(count, stream.total)

    try:
        if as_grid or (is_picture_file(output) and not as_zip):
            path = output if is_picture_file(output) else output / "grid.png"
            images = list(counted())
            if len(images) == 1 and not as_grid and path.suffix.lower() == ".png":
                write_atomically(path, encode(images[0]))
            else:
                made = [image.pixels for image in images]
                write_picture(path, made[0] if len(made) == 1 and not as_grid else _grid(made, output))
            return Written(path, count)
        if as_zip or output.suffix.lower() == ".zip":
            path = output if output.suffix.lower() == ".zip" else output.with_name(output.name + ".zip")
            with replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for image in counted():
                    archive.writestr(f"{image.name}.png", encode(image))
            return Written(path, count)
        if output.exists() and not output.is_dir():  # before pictures are made
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        for image in counted():
            write_atomically(output / f"{image.name}.png", encode(image))
    except OSError as error:
        raise UserError(f"{output} cannot be written ({error.strerror}); choose another --output.") from None
    return Written(output, count)
