"""The results of a closed study: who counts, scores or preferences, agreement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from ganvas.apps.opinion.agreement import krippendorff
from ganvas.apps.opinion.order import plan, treatments
from ganvas.apps.opinion.preference import preferences
from ganvas.apps.opinion.ratings import Rating, Study
from ganvas.apps.opinion.scores import Interval, mean_scores, sos
from ganvas.apps.opinion.screening import screen
from ganvas.apps.opinion.study import Manifest, Media, Mode, grid
from ganvas.errors import UserError

Floats = np.ndarray[Any, np.dtype[np.float64]]

FEWEST_RATERS = {"lab": 24, "elsewhere": 35}  # ITU-T P.910 (10/2023)


class LeftOut(BaseModel):
    """A rater who does not count, and why."""

    rater: int = Field(description="Number of the rater, from 1.")
    reason: str = Field(description="unfinished, attention, gold or screening.")
    detail: str = Field(description="In words.")


class ConditionResult(BaseModel):
    """What raters said of a condition."""

    name: str
    origin: str
    real: bool
    value: float = Field(description="Mean opinion score, or strength of preference.")
    low: float | None = Field(description="Lower end of the 95 % interval.")
    high: float | None = Field(description="Upper end of the 95 % interval.")
    ratings: int = Field(description="Answers that count.")
    preferred: float | None = Field(None, description="Pairs: share of wins, not sure counting half.")
    above_next: float | None = Field(None, description="Share of resamples in which it is above the next one.")
    measured: dict[str, float] = Field(
        {}, description="Metrics of the model that made what was rated, when it was made."
    )


class PictureResult(BaseModel):
    """What raters said of a picture or a clip."""

    condition: str
    name: str
    mean: float
    deviation: float | None = Field(description="Standard deviation over raters (SOS).")
    ratings: int


class Results(BaseModel):
    """The results of a study; conditions come in the order of their values, the best first."""

    title: str
    mode: Mode
    media: Media = Field("pictures", description="What was rated: pictures, or clips of music.")
    seed: int
    created: str
    opened: str | None
    closed: str | None
    matched: bool
    contents: int
    per_rater: int
    raters: int = Field(description="Who took part and did not withdraw.")
    counted: int = Field(description="Raters who count.")
    withdrawn: int
    silent: int = Field(description="Raters who joined and answered nothing.")
    left_out: list[LeftOut]
    conditions: list[ConditionResult]
    pictures: list[PictureResult]
    alpha: float | None = Field(description="Krippendorff's α among the raters who count.")
    alpha_level: str
    sos_a: float | None = Field(description="Parameter of the SOS hypothesis.")
    unsure: float | None = Field(description="Pairs: share of not sure.")
    repeats: int = Field(description="Questions asked twice.")
    repeats_same: float | None = Field(description="Share of these answered the same twice.")
    repeats_apart: float | None = Field(description="Mean difference of the two answers, on a scale of five.")
    seconds: float | None = Field(description="Median time of an answer.")
    notes: list[str]


def results(study: Study) -> Results:
    """Evaluate a study.

    Raises:
        UserError: It is not closed, or no rater counts.
    """
    manifest, facts = study.manifest, study.facts()
    ratings = study.ratings()
    left_out, counted = _who_counts(manifest, ratings)
    if not counted:
        raise UserError(
            f"No rater of {facts.raters} counts ({len(left_out)} left out), so there are no results; invite others to "
            "another study.",
            code="nobody-counts",
            params={"raters": facts.raters},
        )
    own = [rating for rating in ratings if rating.rater in counted]
    rated = [rating for rating in own if rating.kind == "rated"]
    rng = np.random.default_rng([manifest.seed, 2])
    pairs = manifest.mode == "pairs"
    conditions, answers, level = (_preferred if pairs else _scored)(manifest, rated, rng)
    repeats, same, apart = _repeats(own, pairs)
    times = [rating.milliseconds for rating in rated if rating.milliseconds is not None]
    return Results(
        title=manifest.title,
        mode=manifest.mode,
        media=manifest.media,
        seed=manifest.seed,
        created=manifest.created.isoformat(),
        opened=facts.opened,
        closed=facts.closed,
        matched=manifest.matched,
        contents=manifest.contents,
        per_rater=manifest.per_rater,
        raters=facts.raters,
        counted=len(counted),
        withdrawn=facts.withdrawn,
        silent=facts.raters - len({rating.rater for rating in ratings}),
        left_out=left_out,
        conditions=conditions,
        pictures=[] if pairs else _pictures(manifest, rated),
        alpha=krippendorff(answers, "nominal" if pairs else "ordinal"),
        alpha_level=level,
        sos_a=None if pairs else sos(answers),
        unsure=float(np.mean([rating.value == 0 for rating in rated])) if pairs else None,
        repeats=repeats,
        repeats_same=same,
        repeats_apart=apart,
        seconds=float(np.median(times)) / 1000 if times else None,
        notes=list(manifest.notes),
    )


def score_table(manifest: Manifest, rated: Sequence[Rating]) -> tuple[list[int], Floats]:
    """The raters, and their scores [raters, conditions, contents], NaN where there is none."""
    pictures, raters = grid(manifest).by_id, sorted({rating.rater for rating in rated})
    table = np.full((len(raters), len(manifest.conditions), manifest.contents), np.nan)
    for rating in rated:
        shown = pictures[rating.pictures[-1]]
        assert shown.condition is not None
        table[raters.index(rating.rater), shown.condition, shown.content] = rating.value
    return raters, table


def _who_counts(manifest: Manifest, ratings: Sequence[Rating]) -> tuple[list[LeftOut], set[int]]:
    by_rater: defaultdict[int, list[Rating]] = defaultdict(list)
    for rating in ratings:
        by_rater[rating.rater].append(rating)
    known = {(check.kind, check.pictures): check.answers for check in manifest.checks}
    left_out = []
    for rater, own in by_rater.items():
        wrong: dict[str, list[bool]] = {
            kind: [one.value not in known[one.kind, one.pictures] for one in own if one.kind == kind]
            for kind in ("attention", "gold")
        }
        total = len(plan(manifest, rater))
        if len(own) < total:
            left_out.append(_left_out(rater, "unfinished", f"answered {len(own)} of {total} questions"))
        elif any(wrong["attention"]):
            left_out.append(_left_out(rater, "attention", "did not do what an item asked for"))
        elif wrong["gold"] and all(wrong["gold"]):
            left_out.append(_left_out(rater, "gold", "found no fault in items that were ruined on purpose"))
    remaining = set(by_rater) - {one.rater - 1 for one in left_out}
    if manifest.mode != "pairs" and remaining:
        rated = [one for one in ratings if one.kind == "rated" and one.rater in remaining]
        raters, table = score_table(manifest, rated)
        found = screen(table.reshape(len(raters), -1))
        for index, rater in enumerate(raters):
            if found.rejected[index]:
                above, below, count = found.above[index], found.below[index], found.answers[index]
                said = f"{above} answers far above and {below} far below the others', of {count}"
                left_out.append(_left_out(rater, "screening", said))
                remaining.discard(rater)
    return sorted(left_out, key=lambda one: one.rater), remaining


def _left_out(rater: int, reason: str, detail: str) -> LeftOut:
    return LeftOut(rater=rater + 1, reason=reason, detail=detail)


Evaluated = tuple[list[ConditionResult], Floats, str]


def _scored(manifest: Manifest, rated: Sequence[Rating], rng: np.random.Generator) -> Evaluated:
    raters, table = score_table(manifest, rated)
    found = mean_scores(table, rng)
    counts = [int(count) for count in (~np.isnan(table)).sum((0, 2))]
    return _ranked(manifest, found.mos, found.above, counts), table.reshape(len(raters), -1), "ordinal"


def _preferred(manifest: Manifest, rated: Sequence[Rating], rng: np.random.Generator) -> Evaluated:
    pictures, raters = grid(manifest).by_id, sorted({rating.rater for rating in rated})
    size = len(manifest.conditions)
    wins = np.zeros((len(raters), manifest.contents, size, size))
    asked = {pair: index for index, pair in enumerate(treatments(manifest))}
    chosen = np.full((len(raters), len(asked), manifest.contents), np.nan)
    for rating in rated:
        left, right = (pictures[picture] for picture in rating.pictures)
        assert left.condition is not None
        assert right.condition is not None
        rater, content, value = raters.index(rating.rater), left.content, {0: 0.5, 1: 1.0, 2: 0.0}[rating.value]
        wins[rater, content, left.condition, right.condition] += value
        wins[rater, content, right.condition, left.condition] += 1 - value
        first, second = sorted((left.condition, right.condition))
        preferred = {0: -1, 1: left.condition, 2: right.condition}[rating.value]
        chosen[rater, asked[first, second], content] = preferred
    found, total = preferences(wins, rng), wins.sum((0, 1))
    games = (total + total.T).sum(1)
    shares = [float(won / played) if played else 0.0 for won, played in zip(total.sum(1), games, strict=True)]
    ranked = _ranked(manifest, found.strength, found.above, [int(one) for one in games], shares)
    return ranked, chosen.reshape(len(raters), -1), "nominal"


def _ranked(
    manifest: Manifest,
    values: Sequence[Interval],
    above: Floats,
    counts: Sequence[int],
    shares: Sequence[float] | None = None,
) -> list[ConditionResult]:
    order = sorted(range(len(values)), key=lambda index: -values[index].value)
    following = dict(pairwise(order))
    return [
        ConditionResult(
            name=manifest.conditions[index].name,
            origin=manifest.conditions[index].origin,
            real=manifest.conditions[index].real,
            value=values[index].value,
            low=values[index].low,
            high=values[index].high,
            ratings=counts[index],
            preferred=shares[index] if shares is not None else None,
            above_next=float(above[index, following[index]]) if index in following else None,
            measured=manifest.conditions[index].measured,
        )
        for index in order
    ]


def _pictures(manifest: Manifest, rated: Sequence[Rating]) -> list[PictureResult]:
    _, table = score_table(manifest, rated)
    found = []
    for picture in manifest.pictures:
        if picture.use != "rated" or picture.condition is None:
            continue
        answers = table[:, picture.condition, picture.content]
        known = answers[~np.isnan(answers)]
        if len(known):
            found.append(
                PictureResult(
                    condition=manifest.conditions[picture.condition].name,
                    name=picture.name,
                    mean=float(known.mean()),
                    deviation=float(known.std(ddof=1)) if len(known) > 1 else None,
                    ratings=len(known),
                )
            )
    return found


def _repeats(ratings: Sequence[Rating], pairs: bool) -> tuple[int, float | None, float | None]:
    """How many questions were asked twice, the share answered the same, and the mean difference on a scale."""
    first = {(one.rater, frozenset(one.pictures)): one for one in ratings if one.kind == "rated"}
    apart = []
    for again in (one for one in ratings if one.kind == "repeat"):
        before = first[again.rater, frozenset(again.pictures)]
        if pairs:
            apart.append(float(_chosen(before) != _chosen(again)))
        else:
            apart.append(float(abs(before.value - again.value)))
    if not apart:
        return 0, None, None
    return len(apart), float(np.mean([one == 0 for one in apart])), None if pairs else float(np.mean(apart))


def _chosen(rating: Rating) -> str | None:
    return rating.pictures[rating.value - 1] if rating.value else None
