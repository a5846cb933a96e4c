"""Translates pictures into a domain by reference: in the style of other pictures, or in random styles by seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganvas.curate.images.decode import DecodeOptions, PictureError
from ganvas.curate.own_folders import files_below
from ganvas.errors import UserError
from ganvas.inference.source_report import SourceReport
from ganvas.inference.translate import prepare_picture
from ganvas.models.family import Family
from ganvas.setting_names import first_of
from ganvas.tasks.pictures import Pictures
from ganvas.tasks.reference import answers_to, request_of


class ReferenceOptions(NamedTuple):
    """What is translated, and how.

    Attributes:
        source: A picture, or a folder of pictures.
        reference: A picture or a folder of pictures whose style each source takes in turn; None: styles by seed.
        domain: Name or number of the domain; None: that of the folder a reference lies in; by seed each domain in turn.
        limit: No more than this many pictures are generated.
        seeds: The seeds of random styles.
    """

    source: Path | None
    reference: Path | None
    domain: str | None
    limit: int
    seeds: Sequence[int]


def translate_by_reference(
    family: Family, options: ReferenceOptions, report: SourceReport
) -> tuple[int, Iterator[tuple[str, Pictures]]]:
    """Translate each source in each style; ``report`` takes what becomes of the files.

    Returns:
        How many pictures there will be at most, and each with its name, uint8 [R, R, C].

    Raises:
        UserError: A file or a domain is missing or unknown.
    """
    sources = _list_files(options.source, "--source", "the pictures to translate")
    label = None if options.domain is None else domain_number(family.data.classes, options.domain)
    if options.reference is None:
        total = min(options.limit, len(sources) * len(options.seeds))
        return total, _translate_by_seed(family, options, sources, label, report)
    references = _list_files(options.reference, "--reference", "the pictures whose style to take")
    labels = [_domain_of_file(family, file) if label is None else label for file in references]
    pairs = list(zip(references, labels, strict=True))
    made = _translate_by_picture(family, options, sources, pairs, report)
    return min(options.limit, len(sources) * len(pairs)), made


def translate_one(family: Family, source: Pictures, label: int, style: Pictures | None, *, seed: int = 0) -> Pictures:
    """Translate one prepared picture uint8 [R, R, C] into a domain.

    Args:
        family: A model of the task ``reference``.
        source: The picture.
        label: The domain.
        style: The picture whose style to take, prepared alike; None: a random style.
        seed: Seed of the random style.
    """
    given = source if style is None else style
    share = 1.0 if style is None else 0.0
    request = request_of(family, source[None], given[None], [label], seeds=[seed], share=share)
    picture: Pictures = answers_to(family, request).numpy()[0]
    return picture


def domain_number(classes: Sequence[str], wanted: str) -> int:
    """The number of a domain, given by name or by number.

    Raises:
        UserError: There is no such domain.
    """
    if wanted in classes:
        return list(classes).index(wanted)
    if wanted.isdecimal() and int(wanted) < len(classes):
        return int(wanted)
    raise UserError(f"This model has the domains {first_of(classes)}, not {wanted}; choose one of them.")


def _domain_of_file(family: Family, file: Path) -> int:
    classes = family.data.classes
    name = file.resolve().parent.name
    if name not in classes:
        raise UserError(f"The domain of {file} is unknown; give it with --to: {first_of(classes)}.")
    return classes.index(name)


def _list_files(path: Path | None, option: str, what: str) -> list[Path]:
    if path is None:
        raise UserError(f"This model translates pictures; give {what} with {option} FILE or FOLDER.")
    if not path.exists():
        raise UserError(f"There is no {path}; give a picture or a folder of pictures with {option}.")
    return files_below(path) if path.is_dir() else [path]


def _translate_by_seed(
    family: Family, options: ReferenceOptions, sources: list[Path], label: int | None, report: SourceReport
) -> Iterator[tuple[str, Pictures]]:
    domains, made = len(family.data.classes), 0
    for file, pixels in _usable(family, sources, options.source, report):
        seeds = list(options.seeds)[: options.limit - made]
        if not seeds:
            return
        labels = [turn % domains if label is None else label for turn in range(len(seeds))]
        repeated = np.repeat(pixels[None], len(seeds), 0)
        request = request_of(family, repeated, repeated, labels, seeds=seeds, share=1.0)
        for seed, number, picture in zip(seeds, labels, answers_to(family, request).numpy(), strict=True):
            yield f"{file.stem}-seed{seed:06d}-{Path(family.data.classes[number]).name}", picture
        made += len(seeds)


def _translate_by_picture(
    family: Family,
    options: ReferenceOptions,
    sources: list[Path],
    references: list[tuple[Path, int]],
    report: SourceReport,
) -> Iterator[tuple[str, Pictures]]:
    made = 0
    labels = dict(references)
    for file, pixels in _usable(family, sources, options.source, report):
        for reference, style in _usable(family, list(labels), options.reference, report):
            if made == options.limit:
                return
            made += 1
            request = request_of(family, pixels[None], style[None], [labels[reference]])
            yield f"{file.stem}-{reference.stem}", answers_to(family, request).numpy()[0]


def _usable(
    family: Family, files: list[Path], place: Path | None, report: SourceReport
) -> Iterator[tuple[Path, Pictures]]:
    """The pictures among files, as the model takes them."""
    found = 0
    last: PictureError | None = None
    for file in files:
        try:
            pixels = prepare_picture(family.data, report.open(file, DecodeOptions.of(family.data)))
        except PictureError as error:
            report.skip(file, error)
            last = error
            continue
        found += 1
        yield file, pixels
    if not found:
        raise UserError(f"There is no usable picture in {place} ({last or 'it is empty'}); give another.")
