"""Makes a study: chooses pictures or clips, copies them without names and metadata, adds checks, writes a manifest."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ganvas.apps.opinion.clip_sources import are_clips, find_clips
from ganvas.apps.opinion.media import CLIP, PICTURE, Medium
from ganvas.apps.opinion.order import plan, treatments
from ganvas.apps.opinion.ratings import Study, make_database
from ganvas.apps.opinion.sources import Found, Source, find
from ganvas.apps.opinion.study import MANIFEST, Check, Condition, Manifest, Media, Mode, StudyPicture, Use
from ganvas.errors import UserError
from ganvas.files import replacing_folder, write_atomically

MOST_CONDITIONS = 26
_GOLD = 2  # ruined items
_NAMED = 3  # names that a note gives

TITLES: dict[Media, str] = {"pictures": "How good are these pictures?", "clips": "How good is this music?"}

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class StudyOptions:
    """What a study is made from.

    Attributes:
        title: As raters see it; it must not tell what is compared. None: a question that fits.
        mode: See :class:`ganvas.apps.opinion.study.Manifest`.
        sources: What is compared.
        real: A folder of real pictures or music, hidden among the others; the reference of ``dcr``.
        inputs: Pixels for models that translate.
        contents: Pictures or clips rated per condition.
        per_rater: Contents that one rater sees; None: all.
        training: Questions before those that count.
        seed: Of the choice of pictures, the order, and the first seed of models.
    """

    title: str | None
    mode: Mode
    sources: Sequence[Source]
    real: Path | None = None
    inputs: Path | None = None
    contents: int = 12
    per_rater: int | None = None
    training: int = 3
    seed: int = 0


def create_study(folder: Path, options: StudyOptions, progress: Progress | None = None) -> Study:
    """Make a study, which is written completely or not at all.

    Args:
        folder: Of the study; it must not exist.
        options: What it is made from.
        progress: Called with the number of conditions read, and of all.

    Raises:
        UserError: The options do not fit, or a source has too few pictures.
    """
    _check(folder, options)
    sources = [*options.sources, *([Source("real", options.real)] if options.real is not None else [])]
    need = options.contents + options.training
    medium = CLIP if are_clips(sources) else PICTURE
    _check_medium(medium, options)
    found = [] if medium is PICTURE else find_clips(sources, need, options.seed)
    for number, source in enumerate(sources):
        if medium is PICTURE:
            found.append(find(source, need, options.seed, options.inputs))
        if progress is not None:
            progress(number + 1, len(sources))
    conditions = [
        Condition(
            name=source.name,
            origin=one.origin,
            real=options.real is not None and source is sources[-1],
            measured=one.measured,
        )
        for source, one in zip(sources, found, strict=True)
    ]
    matched, chosen = _choose(conditions, found, need, options)
    with replacing_folder(folder) as new:
        writer = _Writer(new / medium.folder, medium)
        for condition, items in enumerate(chosen):
            for index, (name, item) in enumerate(items):
                rated = index < options.contents
                content = index if rated else index - options.contents
                writer.add(item, "rated" if rated else "training", condition, content, name)
        checks = _checks(writer, [item for _, item in chosen[-1][: options.contents]], options)
        manifest = Manifest(
            title=options.title or TITLES[medium.media],
            mode=options.mode,
            seed=options.seed,
            created=datetime.now(UTC).replace(microsecond=0),
            conditions=tuple(conditions),
            matched=matched,
            contents=options.contents,
            per_rater=options.per_rater or options.contents,
            training=options.training,
            media=medium.media,
            pictures=tuple(writer.pictures),
            checks=tuple(checks),
            notes=tuple(_notes(conditions, found, chosen, matched, medium)),
        )
        make_database(new)
        write_atomically(new / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
    return Study(folder)


def _check(folder: Path, options: StudyOptions) -> None:
    if folder.exists():
        raise UserError(f"{folder} exists already; name a new folder for the study.")
    names = [source.name for source in options.sources] + (["real"] if options.real is not None else [])
    if len(set(names)) < len(names):
        raise UserError("Two conditions have one name; give each its own (real names the real pictures).")
    if not 2 <= len(names) <= MOST_CONDITIONS:
        raise UserError(f"A study compares 2 to {MOST_CONDITIONS} conditions, not {len(names)}; add --from or --real.")
    if options.mode == "dcr" and options.real is None:
        raise UserError("Degradation rating compares with a reference; name the folder of references with --real.")
    for what, value, least in (
        ("--count", options.contents, 1),
        ("--per-rater", options.per_rater or 1, 1),
        ("--training", options.training, 0),
        ("--seed", options.seed, 0),
    ):
        if value < least:
            raise UserError(f"{what} must be {least} or more, not {value}.")
    if options.per_rater is not None and options.per_rater > options.contents:
        raise UserError(f"--per-rater must be at most --count ({options.contents}), not {options.per_rater}.")


def _check_medium(medium: Medium, options: StudyOptions) -> None:
    if medium is CLIP and options.mode == "dcr":
        raise UserError("Degradation rating compares pictures with a reference; rate music by --mode acr or pairs.")
    if medium is CLIP and options.inputs is not None:
        raise UserError("--source is for models that translate pictures, and these make music; leave it out.")


def _choose(
    conditions: Sequence[Condition], found: Sequence[Found], need: int, options: StudyOptions
) -> tuple[bool, list[list[tuple[str, Any]]]]:
    """Whether contents are matched by name, and the pictures of each condition."""
    shared = set.intersection(*(set(one.keys) for one in found)) if all(one.named for one in found) else set()
    matched = bool(shared) and 2 * len(shared) > min(len(one.keys) for one in found)
    if options.mode == "dcr" and not matched:
        raise UserError(
            "Degradation rating shows a picture beside its reference, and names do not match: the pictures of --from "
            "and --real must have the same names."
        )
    rng = np.random.default_rng(options.seed)
    if not matched:
        return False, [_some(one, condition, need, rng) for condition, one in zip(conditions, found, strict=True)]
    order = [str(key) for key in rng.permutation(sorted(shared))]
    kept: list[list[tuple[str, Any]]] = [[] for _ in found]
    for key in order:
        pictures = [list(one.load([key])) for one in found]
        if all(pictures):
            for own, picture in zip(kept, pictures, strict=True):
                own.extend(picture)
        if len(kept[0]) == need:
            return True, kept
    raise _too_few("the pictures that all conditions have", len(kept[0]), need)


def _some(found: Found, condition: Condition, need: int, rng: np.random.Generator) -> list[tuple[str, Any]]:
    kept = []
    for picture in found.load([str(key) for key in rng.permutation(found.keys)]):
        kept.append(picture)
        if len(kept) == need:
            return kept
    raise _too_few(condition.name, len(kept), need)


def _too_few(what: str, count: int, need: int) -> UserError:
    return UserError(
        f"Of {what}, {count} can be used, and {need} are needed (--count and --training); lower --count, "
        "or add pictures."
    )


class _Writer:
    """Writes pictures or clips under random names, without metadata."""

    def __init__(self, folder: Path, medium: Medium) -> None:
        folder.mkdir()
        self._folder = folder
        self.medium = medium
        self.pictures: list[StudyPicture] = []

    def add(self, item: Any, use: Use, condition: int | None = None, content: int = 0, name: str = "") -> str:
        """Write an item; returns its id."""
        picture = secrets.token_hex(8)
        (self._folder / f"{picture}{self.medium.suffix}").write_bytes(self.medium.encode(item))
        width, height = self.medium.size(item)
        self.pictures.append(
            StudyPicture(
                id=picture, use=use, condition=condition, content=content, width=width, height=height, name=name
            )
        )
        return picture


def _checks(writer: _Writer, examples: Sequence[Any], options: StudyOptions) -> list[Check]:
    """One question that says its answer, and ``_GOLD`` about ruined items of the last condition."""
    rng = np.random.default_rng([options.seed, 1])
    medium, like = writer.medium, examples[0]
    pairs, reference = options.mode == "pairs", options.mode == "dcr"
    checks = []
    if pairs:
        marks = (
            writer.add(medium.mark(True, like), "check"),
            writer.add(medium.mark(False, like), "check"),
        )
        first = bool(rng.integers(2))
        checks.append(Check(kind="attention", pictures=marks if first else marks[::-1], answers=(1 if first else 2,)))
    else:
        number = int(rng.choice([2, 4]))
        shown = writer.add(medium.number(number, like), "check")
        checks.append(Check(kind="attention", pictures=(shown,) * (2 if reference else 1), answers=(number,)))
    for gold in range(_GOLD):
        whole = examples[gold % len(examples)]
        bad = writer.add(medium.ruined(whole, rng), "check")
        if pairs:
            good = writer.add(whole, "check")
            shown_pair = (good, bad) if gold % 2 == 0 else (bad, good)
            checks.append(Check(kind="gold", pictures=shown_pair, answers=(1 if gold % 2 == 0 else 2,)))
        else:
            good_first = (writer.add(whole, "check"), bad) if reference else (bad,)
            checks.append(Check(kind="gold", pictures=good_first, answers=(1, 2)))
    return checks


def _notes(
    conditions: Sequence[Condition],
    found: Sequence[Found],
    chosen: Sequence[Sequence[tuple[str, Any]]],
    matched: bool,
    medium: Medium,
) -> list[str]:
    notes = []
    for condition, one in zip(conditions, found, strict=True):
        if one.unreadable:
            named = ", ".join(f"{name} ({why})" for name, why in list(one.unreadable.items())[:_NAMED])
            more = f" and {len(one.unreadable) - _NAMED} more" if len(one.unreadable) > _NAMED else ""
            notes.append(f"Of {condition.name}, {len(one.unreadable)} could not be used: {named}{more}.")
    sizes = [{medium.extent(item) for _, item in items} for items in chosen]
    if any(own != sizes[0] for own in sizes):
        said = "; ".join(
            f"{condition.name}: {', '.join(sorted(own)[:_NAMED])}"
            for condition, own in zip(conditions, sizes, strict=True)
        )
        notes.append(f"Conditions differ in {medium.differs}, by which raters may tell them apart ({said}).")
    if not matched:
        notes.append("The conditions show different contents, so that a difference may be one of contents.")
    return notes


def describe_length(study: Study) -> tuple[int, int]:
    """How many questions one rater is asked, and how many of them count."""
    manifest = study.manifest
    return len(plan(manifest, 0)), manifest.per_rater * len(treatments(manifest))
