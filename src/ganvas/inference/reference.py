"""Pictures carried into a domain: every source in the style of every reference, or in styles by seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganvas.curate.images.decode import PictureError, open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.tasks.pictures import Pictures
from ganvas.tasks.reference import answers_to, request_of


class Carrying(NamedTuple):
    """What is asked: each ``source`` with each ``reference`` (files or folders), or with a style by each of ``seeds``.

    ``to`` is the domain's name or number; None: that of the folder a reference lies in, by seed each domain in turn. No
    more than ``most`` pictures are made.
    """

    source: Path | None
    reference: Path | None
    to: str | None
    most: int
    seeds: Sequence[int]


def carry(family: Family, asked: Carrying) -> tuple[int, Iterator[tuple[str, Pictures]]]:
    """How many pictures there will be at most, and them: each with its name, uint8 [R, R, C].

    :raises UserError: a file or a domain is missing or unknown.
    """
    sources = _files(asked.source, "--source", "the pictures to carry over")
    label = None if asked.to is None else label_of_domain(family.data.classes, asked.to)
    if asked.reference is None:
        return min(asked.most, len(sources) * len(asked.seeds)), _by_seed(family, asked, sources, label)
    references = _files(asked.reference, "--reference", "the pictures whose style to take")
    labels = [_label_of_file(family, file) if label is None else label for file in references]
    pairs = list(zip(references, labels, strict=True))
    return min(asked.most, len(sources) * len(pairs)), _by_reference(family, asked, sources, pairs)


def label_of_domain(classes: Sequence[str], asked: str) -> int:
    """The number of a domain that is asked for by name or by number.

    :raises UserError: there is none.
    """
    if asked in classes:
        return list(classes).index(asked)
    if asked.isdecimal() and int(asked) < len(classes):
        return int(asked)
    raise UserError(f"This model knows the domains {', '.join(classes)}, not {asked}; choose one of them.")


def _label_of_file(family: Family, file: Path) -> int:
    classes = family.data.classes
    name = file.resolve().parent.name
    if name not in classes:
        raise UserError(f"Of which domain {file} is cannot be told; say it with --to {' or --to '.join(classes)}.")
    return classes.index(name)


def _files(place: Path | None, option: str, what: str) -> list[Path]:
    if place is None:
        raise UserError(f"This model works on pictures; name {what} with {option} FILE or FOLDER.")
    if not place.exists():
        raise UserError(f"There is no {place}; give a picture or a folder of pictures with {option}.")
    return sorted(file for file in place.rglob("*") if file.is_file()) if place.is_dir() else [place]


def _by_seed(family: Family, asked: Carrying, sources: list[Path], label: int | None) -> Iterator[tuple[str, Pictures]]:
    domains, made = len(family.data.classes), 0
    for file, pixels in _usable(family, sources, asked.source):
        seeds = list(asked.seeds)[: asked.most - made]
        if not seeds:
            return
        labels = [turn % domains if label is None else label for turn in range(len(seeds))]
        given = np.repeat(pixels[None], len(seeds), 0)
        answers = answers_to(family, request_of(family, given, given, labels, seeds=seeds, share=1.0)).numpy()
        for seed, number, answer in zip(seeds, labels, answers, strict=True):
            yield (f"{file.stem}-seed{seed:06d}-{Path(family.data.classes[number]).name}", answer)
        made += len(seeds)


def _by_reference(
    family: Family, asked: Carrying, sources: list[Path], references: list[tuple[Path, int]]
) -> Iterator[tuple[str, Pictures]]:
    made = 0
    labels = dict(references)
    for file, pixels in _usable(family, sources, asked.source):
        for model, style in _usable(family, list(labels), asked.reference):
            if made == asked.most:
                return
            made += 1
            asking = request_of(family, pixels[None], style[None], [labels[model]])
            yield f"{file.stem}-{model.stem}", answers_to(family, asking).numpy()[0]


def _usable(family: Family, files: list[Path], place: Path | None) -> Iterator[tuple[Path, Pictures]]:
    """The pictures among files, as the model takes them."""
    data, found = family.data, 0
    last: PictureError | None = None
    for file in files:
        try:
            pixels = prepare_image(open_image(file), data.resolution, data.crop, data.channels)
        except PictureError as error:
            last = error
            continue
        found += 1
        yield file, pixels
    if not found:
        raise UserError(f"There is no usable picture in {place} ({last or 'it is empty'}); give another.")
