"""The checks over a whole catalogue: measure what is missing on all cores, then score and decide on everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from ganvas.curate.catalog import Catalog, Check, Image, Proposal
from ganvas.curate.checks.causes import Alternative, CauseCounter, DropCause
from ganvas.curate.checks.comparisons import duplicate_checks, person_checks
from ganvas.curate.checks.decide import decide
from ganvas.curate.checks.measure import ALWAYS_MEASURED, VERSION, Measurements, measure
from ganvas.curate.checks.rules import Rules
from ganvas.curate.checks.score import rescore, score
from ganvas.curate.faces.batch import fetch_networks, reader, single_thread
from ganvas.curate.images.decode import ACCEPTED, PictureError, open_image
from ganvas.curate.ordered_map import ordered_map
from ganvas.curate.review.propose import propose

WRITTEN_AT_ONCE = 32  # pictures measured again at most after a kill
READ_AT_ONCE = 500
DECODED_LEAST = 512  # shorter side is at least twice this: faces in larger pictures need no more


Item = TypeVar("Item")


class CheckSummary(NamedTuple):
    """The result of a run, and the proposals as they are now.

    ``measured`` of this run; ``keep``, ``drop`` and ``doubtful`` (kept, but to be looked at first) of all; ``reasons``
    to drop with their counts, most frequent first; ``changed`` proposals differ from those before; ``causes`` are the
    rules that drop; ``alternatives`` the other shipped sets of rules with what they keep.
    """

    measured: int
    keep: int
    drop: int
    doubtful: int
    reasons: tuple[tuple[str, int], ...]
    changed: int
    causes: tuple[DropCause, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


def check_all(
    catalog: Catalog,
    rules: Rules,
    *,
    processes: int | None = None,
    again: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> CheckSummary:
    """Measure what was not measured yet, score everything by these rules, and propose keep or drop.

    A run that is stopped at any moment goes on where it was. Other rules need no new measuring. Pictures are never
    deleted, and verdicts of people count more than what is proposed here.

    Args:
        processes: how many measure at once; None takes one for each core.
        again: measure everything anew.
        progress: called with (measured so far, to measure).
    """
    todo = list(catalog.images() if again else catalog.images(lacking=(ALWAYS_MEASURED, VERSION)))
    if todo:
        fetch_networks()
    measured = 0
    work = ((image.id, image.path, image.width) for image in todo)
    found = ordered_map(_measure, work, processes=processes, initializer=single_thread)
    for some in batched(found, WRITTEN_AT_ONCE):
        catalog.record_many((number, score(measures, rules)) for number, measures in some)
        measured += len(some)
        if progress is not None:
            progress(measured, len(todo))
    _settle_scores(catalog, rules)
    outcome = _propose(catalog, rules)
    return outcome._replace(measured=measured)


def _measure(task: tuple[int, Path, int]) -> tuple[int, Measurements]:
    number, path, width = task
    return number, measure_file(path, width)


def measure_file(source: Path | bytes, width: int) -> Measurements:
    """Measure a picture in its file's form, with the face reader of this process.

    Args:
        source: The file or its content. One that cannot be decoded has the lowest measurement of a face, and the reason
            in the details.
        width: Width of the picture in pixels.
    """
    try:
        picture = np.asarray(open_image(source, ACCEPTED, least=DECODED_LEAST))
    except PictureError as problem:
        return Measurements({ALWAYS_MEASURED: 0.0}, {ALWAYS_MEASURED: {"problem": str(problem)}})
    return measure(picture, reader(), full_width=width)


def _settle_scores(catalog: Catalog, rules: Rules) -> None:
    """Bring the scores in line with the rules, and compare pictures with each other."""
    for images in portions(catalog):
        stale = []
        for number, checks in catalog.checks_of([image.id for image in images]).items():
            new = [check._replace(score=rescore(check.name, check.raw, rules)) for check in checks]
            changed = [one for one, before in zip(new, checks, strict=True) if abs(one.score - before.score) > 1e-9]
            if changed:
                stale.append((number, changed))
        catalog.record_many(stale)
    for found in (duplicate_checks(catalog, rules), person_checks(catalog, rules)):
        for some in batched(found, READ_AT_ONCE):
            standing = catalog.checks_of([number for number, _ in some])
            catalog.record_many((number, [check]) for number, check in some if check not in standing[number])


def _propose(catalog: Catalog, rules: Rules) -> CheckSummary:
    reasons: Counter[str] = Counter()
    keep = doubtful = changed = 0
    counter = CauseCounter(rules)
    for images in portions(catalog):
        proposals = []
        for number, checks in catalog.checks_of([image.id for image in images]).items():
            said = decide(scores(checks), rules)
            counter.add(checks)
            proposals.append(Proposal(number, said.keep, said.reason))
            keep += said.keep
            doubtful += said.keep and bool(said.doubts)
            if said.reason is not None:
                reasons[said.reason] += 1
        changed += propose(catalog, proposals)
    counted = tuple(reasons.most_common())
    return CheckSummary(
        0, keep, sum(reasons.values()), doubtful, counted, changed, counter.causes(), counter.alternatives()
    )


def scores(checks: list[Check]) -> dict[str, float]:
    """Scores by the name of the check."""
    return {check.name: check.score for check in checks}


def portions(catalog: Catalog) -> Iterator[tuple[Image, ...]]:
    """All pictures, some hundred at a time."""
    return batched(catalog.images(), READ_AT_ONCE)


def batched(items: Iterable[Item], count: int) -> Iterator[tuple[Item, ...]]:
    """Tuples of ``count`` items, the last one of what is left."""
    waiting = iter(items)
    while some := tuple(islice(waiting, count)):
        yield some
