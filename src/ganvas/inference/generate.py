"""A finished model at work: make pictures with a run or a bundle and write them down."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ganvas.curate.images.decode import PictureError, encode_png, open_image
from ganvas.curate.images.prepare import prepare_image, whole_picture
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.files import replacing, write_atomically
from ganvas.inference.load import load_model
from ganvas.inference.reference import Carrying, carry
from ganvas.models.batches import ReferenceRequest, SynthesisRequest, TranslationRequest, latents, to_float, to_uint8
from ganvas.models.capabilities import Enlarges, Truncates
from ganvas.models.family import Family
from ganvas.models.tiling import enlarged
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures, grid
from ganvas.tasks.unpaired import direction_to

AT_ONCE = 32  # pictures in one batch


class Picture(NamedTuple):
    """One picture made: its file's name without ending (folders apart by /), and uint8 [H, W, C]."""

    name: str
    pixels: Pictures


class Making(NamedTuple):
    """Pictures that are made as they are asked for, and how many there will be at most."""

    total: int
    pictures: Iterator[Picture]


def make(
    path: Path,
    *,
    count: int = 16,
    seed: int = 0,
    class_name: str | None = None,
    psi: float = 1.0,
    per_class: int | None = None,
    source: Path | None = None,
    prepared: bool = False,
    to: str | None = None,
    reference: Path | None = None,
) -> Making:
    """Make pictures with the model at ``path``, one batch after the other: memory does not grow with their number.

    :param count: synthesis: how many, for the seeds ``seed``, ``seed`` + 1, …; translation: at most so many.
    :param class_name: name or number of a class; None: the classes in turn, so that each comes equally often.
    :param psi: truncation in [0, 1]; 1 is none.
    :param per_class: so many of every class instead of ``count``, in a folder each, all of different seeds.
    :param source: translation: a picture or a folder of pictures.
    :param prepared: the sources are the model's own input (drawings, say) and not pictures to be degraded first.
    :param to: translation without pairs: the domain to go to, ``A``, ``B`` or its name; None: B. By reference: the
        domain's name or number; None: that of the folder the reference lies in, without references each in turn.
    :param reference: by reference: a picture or a folder of pictures whose style to take; None: ``count`` styles by
        seed for each source.
    :raises UserError: the model cannot be opened, or is asked for what it does not know.
    """
    family = load_model(path).family
    spec = TASKS[family.task]
    if spec.request is SynthesisRequest:
        return _synthesis(family, count, seed, class_name, psi, per_class)
    if spec.request is ReferenceRequest:
        total, made = carry(family, Carrying(source, reference, to, count, range(seed, seed + count)))
        return Making(total, (Picture(name, pixels) for name, pixels in made))
    spec.require(TranslationRequest)
    if source is None:
        raise UserError("This model translates pictures; give it some with --source FILE or FOLDER.")
    if not source.exists():
        raise UserError(f"There is no {source}; give a picture or a folder of pictures with --source.")
    files = sorted(file for file in source.rglob("*") if file.is_file()) if source.is_dir() else [source]
    directions = spec.directions(family.config.model_dump())
    direction = direction_to(to, directions=directions, classes=family.data.classes)
    return Making(min(count, len(files)), _translated(family, source, files, count, seed, prepared, direction))


def _synthesis(
    family: Family, count: int, seed: int, class_name: str | None, psi: float, per_class: int | None
) -> Making:
    check_psi(family, psi)
    if seed < 0:
        raise UserError(f"--seed is 0 or more, not {seed}.")
    if per_class is not None:
        return _of_every_class(family, per_class, seed, class_name, psi)
    label = class_number(family.data.classes, class_name)
    wanted = [Wanted(number, _class_of(family, number, label)) for number in range(seed, seed + count)]
    return Making(count, _synthesised(family, wanted, psi))


class Wanted(NamedTuple):
    """A seed, its class, and the folder its picture goes to."""

    seed: int
    label: int
    folder: str = ""


def check_psi(family: Family, psi: float) -> None:
    """:raises UserError: psi is out of its range, or the family knows no truncation."""
    if not 0 <= psi <= 1:
        raise UserError(f"--psi is a number from 0 (all alike) to 1 (as varied as learned), not {psi:g}.")
    if psi < 1 and not isinstance(family, Truncates):
        raise UserError("This model has no truncation; leave --psi out.")


def class_number(classes: tuple[str, ...], asked: str | None) -> int | None:
    """The label of a class that is asked for by name or by number; None when none is.

    :raises UserError: there is no such class.
    """
    if asked is None:
        return None
    if not classes:
        raise UserError(
            f"This model knows no classes; leave --class {asked} out.", code="class-not-allowed", params={"name": asked}
        )
    if asked in classes:
        return classes.index(asked)
    if asked.isdecimal() and int(asked) < len(classes):
        return int(asked)
    raise UserError(
        f"There is no class {asked!r}; choose one of {', '.join(classes)}.",
        code="unknown-class-name",
        params={"name": asked, "known": ", ".join(classes)},
    )


def _class_of(family: Family, seed: int, label: int | None) -> int:
    return seed % max(len(family.data.classes), 1) if label is None else label


def _of_every_class(family: Family, count: int, seed: int, class_name: str | None, psi: float) -> Making:
    classes = family.data.classes
    if not classes:
        raise UserError("This model knows no classes, so --per-class means nothing to it; use --count.")
    if class_name is not None:
        raise UserError("--per-class makes pictures of every class; leave --class out, or use --count with it.")
    if count < 1:
        raise UserError(f"--per-class must be 1 or more, not {count}.")
    wanted = [
        Wanted(seed + label * count + number, label, f"{Path(name).name}/")
        for label, name in enumerate(classes)
        for number in range(count)
    ]
    return Making(len(wanted), _synthesised(family, wanted, psi))


def _synthesised(family: Family, wanted: list[Wanted], psi: float) -> Iterator[Picture]:
    classes = family.data.classes
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        z = torch.from_numpy(latents([one.seed for one in part], family.z_dim))
        with torch.inference_mode():
            request = SynthesisRequest(z, torch.tensor([one.label for one in part]), torch.full((len(z),), float(psi)))
            answers = to_uint8(family.generate(request)).numpy()
        for one, pixels in zip(part, answers, strict=True):
            ending = f"-{Path(classes[one.label]).name}" if classes and not one.folder else ""
            yield Picture(f"{one.folder}seed{one.seed:06d}{ending}", pixels)


def _translated(
    family: Family, source: Path, files: list[Path], count: int, seed: int, prepared: bool, direction: int
) -> Iterator[Picture]:
    data = family.data
    if data.source_channels == 6:
        raise UserError("This model fills in between two frames; it takes films, not single pictures.")
    made = 0
    last: PictureError | None = None
    for number, file in enumerate(files):
        if made == count:
            break
        direct = prepared or data.degradation is None
        try:
            if isinstance(family, Enlarges):
                answer = enlarged(family, whole_picture(open_image(file), data.source_channels))
                made += 1
                yield Picture(f"{number:06d}-{file.stem}", answer)
                continue
            channels = data.source_channels if direct else data.channels
            labels = data.labels > 0
            image = open_image(file, labels=labels)
            pixels = prepare_image(image, data.resolution, data.crop, channels, nearest=labels)
        except PictureError as error:
            last = error
            continue
        if not direct and data.degradation is not None:
            pixels = degradation(data.degradation)(pixels, np.random.default_rng((seed, number)))
        with torch.inference_mode():
            request = TranslationRequest(to_float(pixels[None]), torch.tensor([direction]))
            answer = to_uint8(family.generate(request)).numpy()[0]
        made += 1
        yield Picture(f"{number:06d}-{file.stem}", answer)
    if not made:
        raise UserError(f"There is no usable picture in {source} ({last or 'it is empty'}); give another --source.")


class Written(NamedTuple):
    """What was written, and how many pictures."""

    path: Path
    pictures: int


def write(
    making: Making,
    output: Path,
    *,
    as_zip: bool = False,
    grid_only: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Write pictures as PNG files into a folder, as one zip, or as one grid, each as soon as it is made.

    A zip appears when it is whole: whoever stops before leaves nothing half.

    :param progress: called with how many are done and how many there will be.
    :raises UserError: the place cannot be written.
    """
    count = 0

    def counted() -> Iterator[Picture]:
        nonlocal count
        for picture in making.pictures:
            yield picture
            count += 1
            if progress is not None:
                progress(count, making.total)

    try:
        if grid_only:
            path = output if output.suffix.lower() == ".png" else output / "grid.png"
            pixels = np.stack([picture.pixels for picture in counted()])
            write_atomically(path, encode_png(grid(pixels, max(round(len(pixels) ** 0.5), 1))))
            return Written(path, count)
        if as_zip or output.suffix.lower() == ".zip":
            path = output if output.suffix.lower() == ".zip" else output.with_name(output.name + ".zip")
            with replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for picture in counted():
                    archive.writestr(f"{picture.name}.png", encode_png(picture.pixels))
            return Written(path, count)
        output.mkdir(parents=True, exist_ok=True)
        for picture in counted():
            write_atomically(output / f"{picture.name}.png", encode_png(picture.pixels))
    except OSError as error:
        raise UserError(f"{output} cannot be written ({error.strerror}); choose another --output.") from None
    return Written(output, count)
