"""A finished model at work: make pictures with a run or a bundle and write them down."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ganvas import bundle
from ganvas.curate.degrade import degradation
from ganvas.curate.images import PictureError, encode_png, open_image, prepare_image
from ganvas.evaluate.samples import Pictures, grid
from ganvas.models.plan import Family, SynthesisRequest, TranslationRequest, latents, to_float, to_uint8
from ganvas.terms import RunDir, Task, UserError, write_atomically
from ganvas.train.finish import open_run

AT_ONCE = 32  # pictures in one batch


class Picture(NamedTuple):
    """One picture made: its file's name without ending, and uint8 [H, W, C]."""

    name: str
    pixels: Pictures


def open_model(path: Path) -> Family:
    """The trained family of a run (newest checkpoint) or of a bundle, on the CPU and in evaluation mode.

    :raises UserError: the folder is neither, nothing was saved yet, or its files are damaged.
    """
    if not path.is_dir():
        raise UserError(f"There is no folder {path}; name the folder of a run or of a bundle.")
    if (path / bundle.MANIFEST).exists():
        return bundle.read(path).load_family()
    if not RunDir(path).recipe.is_file():
        raise UserError(f"{path} is neither a run (no recipe.yaml) nor a bundle (no bundle.json); name one of these.")
    return open_run(RunDir(path)).family


def make(
    path: Path,
    *,
    count: int = 16,
    seed: int = 0,
    class_name: str | None = None,
    psi: float = 1.0,
    source: Path | None = None,
    prepared: bool = False,
) -> list[Picture]:
    """Make pictures with the model at ``path``.

    :param count: synthesis: how many, for the seeds ``seed``, ``seed`` + 1, …; translation: at most so many.
    :param class_name: name or number of a class; None: the classes in turn.
    :param psi: truncation in [0, 1]; 1 is none.
    :param source: translation: a picture or a folder of pictures.
    :param prepared: the sources are the model's own input (drawings, say) and not pictures to be degraded first.
    :raises UserError: the model cannot be opened, or is asked for what it does not know.
    """
    family = open_model(path)
    match family.task:
        case Task.SYNTHESIS:
            return _synthesised(family, count, seed, class_name, psi)
        case Task.PAIRED:
            if source is None:
                raise UserError("This model translates pictures; give it some with --source FILE or FOLDER.")
            return _translated(family, source, count, seed, prepared)
        case _:
            raise UserError(f"`ganvas generate` does not serve models of the task {family.task} yet; use the studio.")


@torch.inference_mode()
def _synthesised(family: Family, count: int, seed: int, class_name: str | None, psi: float) -> list[Picture]:
    if not 0 <= psi <= 1:
        raise UserError(f"--psi is a number from 0 (all alike) to 1 (as varied as learned), not {psi:g}.")
    if psi < 1 and not family.truncates:
        raise UserError("This model has no truncation; leave --psi out.")
    if seed < 0:
        raise UserError(f"--seed is 0 or more, not {seed}.")
    classes = family.data.classes
    chosen = _class(classes, class_name)
    pictures = []
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        labels = [number % max(len(classes), 1) if chosen is None else chosen for number in numbers]
        z = torch.from_numpy(latents([seed + number for number in numbers], family.z_dim))
        request = SynthesisRequest(z, torch.tensor(labels), torch.full((len(labels),), float(psi)))
        answers = to_uint8(family.generate(request)).numpy()
        for number, label, pixels in zip(numbers, labels, answers, strict=True):
            ending = f"-{Path(classes[label]).name}" if classes else ""
            pictures.append(Picture(f"seed{seed + number:06d}{ending}", pixels))
    return pictures


def _class(classes: tuple[str, ...], asked: str | None) -> int | None:
    if asked is None:
        return None
    if not classes:
        raise UserError(f"This model knows no classes; leave --class {asked} out.")
    if asked in classes:
        return classes.index(asked)
    if asked.isdecimal() and int(asked) < len(classes):
        return int(asked)
    raise UserError(f"There is no class {asked!r}; choose one of {', '.join(classes)}.")


@torch.inference_mode()
def _translated(family: Family, source: Path, count: int, seed: int, prepared: bool) -> list[Picture]:
    if not source.exists():
        raise UserError(f"There is no {source}; give a picture or a folder of pictures with --source.")
    files = sorted(file for file in source.rglob("*") if file.is_file()) if source.is_dir() else [source]
    data = family.data
    pictures: list[Picture] = []
    last: PictureError | None = None
    for number, file in enumerate(files):
        if len(pictures) == count:
            break
        direct = prepared or data.degradation is None
        try:
            channels = data.source_channels if direct else data.channels
            pixels = prepare_image(open_image(file), data.resolution, data.crop, channels)
        except PictureError as error:
            last = error
            continue
        if not direct and data.degradation is not None:
            pixels = degradation(data.degradation)(pixels, np.random.default_rng((seed, number)))
        request = TranslationRequest(to_float(pixels[None]), torch.zeros(1, dtype=torch.long))
        pictures.append(Picture(f"{number:06d}-{file.stem}", to_uint8(family.generate(request)).numpy()[0]))
    if not pictures:
        raise UserError(f"There is no usable picture in {source} ({last or 'it is empty'}); give another --source.")
    return pictures


def write(pictures: list[Picture], output: Path, *, as_zip: bool = False, grid_only: bool = False) -> Path:
    """Write pictures as PNG files into a folder, as one zip, or as one grid; returns what was written.

    :raises UserError: the place cannot be written.
    """
    try:
        if grid_only:
            path = output if output.suffix.lower() == ".png" else output / "grid.png"
            columns = max(round(len(pictures) ** 0.5), 1)
            write_atomically(path, encode_png(grid(np.stack([picture.pixels for picture in pictures]), columns)))
            return path
        if as_zip or output.suffix.lower() == ".zip":
            path = output if output.suffix.lower() == ".zip" else output.with_name(output.name + ".zip")
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
                for picture in pictures:
                    archive.writestr(f"{picture.name}.png", encode_png(picture.pixels))
            write_atomically(path, buffer.getvalue())
            return path
        output.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            write_atomically(output / f"{picture.name}.png", encode_png(picture.pixels))
    except OSError as error:
        raise UserError(f"{output} cannot be written ({error.strerror}); choose another --output.") from None
    return output
