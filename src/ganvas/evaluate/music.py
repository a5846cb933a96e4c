"""Metrics of piano rolls, written from the papers, each beside the value of real phrases.

Dong et al. 2018, §5.1: empty bars (EB), used pitch classes per bar (UPC), qualified notes (QN), drum pattern (DP) and
tonal distance (TD, after Harte et al. 2006). Dong & Yang 2018, §4.2: polyphony (PP). Mogren 2016: scale consistency
(SC).
The authors' later code differs from the papers in places: it returns the share of bars that are *not* empty as EB.

A roll is bool [N, time, pitches, tracks] here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.evaluate.fidelity import Result
from ganvas.models.family import Family
from ganvas.recipe import EvaluateSettings
from ganvas.spec import OCTAVE, RollSpec
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import real_batches

Rolls = npt.NDArray[np.bool_]
ON = 127  # a cell of a generated roll sounds above this level: the threshold 0 of numbers in [-1, 1]
COPY = 0.9  # Jaccard index from which a phrase counts as a copy of a training phrase
MOST = 10_000  # real phrases that are measured; of more, as many at even distances
_BATCH = 256
_MAJOR = (0, 2, 4, 5, 7, 9, 11)  # the same pitch classes as the natural minor scale on 9


class NearestPhrase(NamedTuple):
    """The nearest real phrase of each phrase: its number, and 1 minus the Jaccard index in [0, 1]."""

    distance: Tensor
    number: Tensor


# ── Metrics of one track: rolls [N, time, pitches] ──────────────────────────────────────────────────────────────────


def empty_bars(track: Rolls, spec: RollSpec) -> float:
    """EB: share of bars in which nothing sounds."""
    return float((~_bars(track, spec).any((2, 3))).mean())


def used_pitch_classes(track: Rolls, spec: RollSpec) -> float:
    """UPC: mean number of pitch classes, 0 to 12, that sound in a bar; empty bars are left out. NaN: all are empty."""
    classes = _classes(np.asarray(_bars(track, spec).any(2)), spec)
    counts = classes.sum(-1)
    return float(counts[counts > 0].mean()) if counts.any() else float("nan")


def shortest_qualified(spec: RollSpec) -> int:
    """Time steps of the shortest qualified note: a 32nd note, as in the paper (3 of 24 per beat), but at least two."""
    return max(-(-spec.beat_steps // 8), 2)


def qualified_notes(track: Rolls, spec: RollSpec) -> float:
    """QN: share of notes that are at least :func:`shortest_qualified` steps long. NaN: there are no notes."""
    lengths = np.concatenate([np.zeros(0, np.int64), *(length for _, _, length in _notes(track))])
    return float((lengths >= shortest_qualified(spec)).mean()) if len(lengths) else float("nan")


def polyphony(track: Rolls) -> float:
    """PP: share of time steps at which two or more pitches sound."""
    return float((track.sum(2) >= 2).mean())


def drum_pattern(track: Rolls, spec: RollSpec) -> float:
    """DP: share of drum onsets in patterns of 8 or 16 per bar of 4/4, that is on a sixteenth note. NaN: no onsets.

    Where a sixteenth has more than three steps, an onset one step beside it counts a tenth, as in the authors' code.
    """
    sixteenth = spec.beat_steps / 4
    weight = np.zeros(spec.beat_steps)
    for position in range(spec.beat_steps):
        off = abs(position - round(position / sixteenth) * sixteenth)
        weight[position] = 1.0 if off < 0.5 else 0.1 if off < 1.5 and sixteenth > 3 else 0.0
    starts = np.concatenate([np.zeros(0, np.int64), *(start for _, start, _ in _notes(track))])
    return float(weight[starts % spec.beat_steps].mean()) if len(starts) else float("nan")


def scale_consistency(rolls: Rolls, spec: RollSpec) -> float:
    """SC: mean share of a phrase's sounding pitches that the best fitting of the 12 major scales has. NaN: no notes."""
    scales = np.zeros((OCTAVE, OCTAVE))
    for root in range(OCTAVE):
        scales[root, [(root + step) % OCTAVE for step in _MAJOR]] = 1
    weight = _class_weights(rolls.sum((1, 3)).astype(np.float64), spec)
    total = weight.sum(1)
    return float(((weight @ scales.T).max(1)[total > 0] / total[total > 0]).mean()) if total.any() else float("nan")


# ── Metrics of two tracks ───────────────────────────────────────────────────────────────────────────────────────────


def tonal_centroids(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chroma [..., 12] → tonal centroids [..., 6] of Harte et al. 2006: circles of fifths, minor and major thirds."""
    notes = np.arange(OCTAVE)
    matrix = np.stack(
        [
            radius * wave(notes * angle * np.pi)
            for radius, angle in ((1.0, 7 / 6), (1.0, 3 / 2), (0.5, 2 / 3))
            for wave in (np.sin, np.cos)
        ]
    )
    total = np.maximum(weight.sum(-1, keepdims=True), 1e-12)
    centroids: npt.NDArray[np.float64] = (weight / total) @ matrix.T
    return centroids


def tonal_distance(one: Rolls, other: Rolls, spec: RollSpec) -> float:
    """TD: mean distance of the tonal centroids of two tracks per beat, where both sound. NaN: they never do."""
    chroma = [_class_weights(_beats(track, spec).sum(2).astype(np.float64), spec) for track in (one, other)]
    both = (chroma[0].sum(-1) > 0) & (chroma[1].sum(-1) > 0)
    if not both.any():
        return float("nan")
    first, second = (tonal_centroids(part[both]) for part in chroma)
    return float(np.linalg.norm(first - second, axis=-1).mean())


# ── Memorisation ────────────────────────────────────────────────────────────────────────────────────────────────────


def nearest_phrases(fake: Rolls, real: Iterable[Rolls]) -> NearestPhrase:
    """The real phrase with which each phrase shares the largest part of its sounding cells.

    Args:
        fake: the phrases.
        real: the real ones, in batches.
    """
    ours = torch.from_numpy(fake.reshape(len(fake), -1)).float()
    best, which = torch.full((len(ours),), -1.0), torch.zeros(len(ours), dtype=torch.long)
    start = 0
    for batch in real:
        theirs = torch.from_numpy(batch.reshape(len(batch), -1)).float()
        both = ours @ theirs.T
        either = ours.sum(1)[:, None] + theirs.sum(1) - both
        value, at = (both / either.clamp(min=1)).max(1)
        better = value > best
        best, which = torch.where(better, value, best), torch.where(better, at + start, which)
        start += len(batch)
    return NearestPhrase(1 - best, which)


# ── The protocol ────────────────────────────────────────────────────────────────────────────────────────────────────


def evaluate_music(
    family: Family, phrases: Dataset, settings: EvaluateSettings, *, subset: str | None = None
) -> tuple[list[Result], NearestPhrase | None]:
    """Measure generated phrases beside real ones.

    Args:
        family: the trained model, in evaluation mode.
        phrases: the real ones.
        settings: how many phrases, the seed.
        subset: recorded in the protocol of each result; copies are sought in ``train`` alone.

    Returns:
        A result per metric and track or pair of tracks, whose protocol holds the real phrases' value, and the nearest
        training phrases where these are the phrases of the training.
    """
    spec = family.data.roll
    assert spec is not None
    some = np.linspace(0, len(phrases) - 1, min(len(phrases), MOST)).astype(np.int64)
    real = _stack(real_batches(phrases.subset(some)))
    stream = TASKS[family.task].generate_batches(family, phrases, settings.count, seed=settings.seed)
    fake = _stack(stream)
    protocol: dict[str, Any] = {
        "features": "piano roll",
        "features_sha256": None,
        "resize": f"{spec.bars} bars of {spec.bar_steps} steps",
        "real_count": len(real),
        "fake_count": len(fake),
        "seed": settings.seed,
    } | ({"pictures": subset} if subset else {})
    measured, known = measure(fake, spec), measure(real, spec)
    results = [
        Result(name, value, None, protocol | {"real_value": known[name]} | _details(name, spec))
        for name, value in measured.items()
        if np.isfinite(value) and np.isfinite(known[name])
    ]
    if subset != "train":
        return results, None
    nearest = nearest_phrases(fake, (batch.numpy() > ON for batch in real_batches(phrases, batch_size=_BATCH)))
    copies = float((nearest.distance <= 1 - COPY).float().mean())
    return [*results, Result("copies", copies, None, protocol | {"jaccard": COPY, "real_value": 0.0})], nearest


def measure(rolls: Rolls, spec: RollSpec) -> dict[str, float]:
    """All metrics that apply to rolls with these tracks, by name; NaN where there are no notes to measure."""
    found: dict[str, float] = {}
    pitched = [(index, track.name) for index, track in enumerate(spec.tracks) if not track.drums]
    for index, track in enumerate(spec.tracks):
        found[f"eb_{track.name}"] = empty_bars(rolls[..., index], spec)
        if track.drums:
            found[f"dp_{track.name}"] = drum_pattern(rolls[..., index], spec)
    for index, name in pitched:
        found[f"upc_{name}"] = used_pitch_classes(rolls[..., index], spec)
        found[f"qn_{name}"] = qualified_notes(rolls[..., index], spec)
        found[f"pp_{name}"] = polyphony(rolls[..., index])
    for number, (index, name) in enumerate(pitched):
        for other, other_name in pitched[number + 1 :]:
            found[f"td_{name}/{other_name}"] = tonal_distance(rolls[..., index], rolls[..., other], spec)
    found["sc"] = scale_consistency(rolls[..., [index for index, _ in pitched]], spec) if pitched else float("nan")
    return found


def _details(name: str, spec: RollSpec) -> dict[str, Any]:
    return {"shortest": shortest_qualified(spec)} if name.startswith("qn") else {}


def _stack(batches: Iterator[Tensor]) -> Rolls:
    return np.concatenate([batch.numpy() > ON for batch in batches])


def _bars(track: Rolls, spec: RollSpec) -> Rolls:
    """[N, bars, steps per bar, pitches]."""
    return track.reshape(len(track), spec.bars, spec.bar_steps, -1)


def _beats(track: Rolls, spec: RollSpec) -> Rolls:
    """[N, beats, steps per beat, pitches]."""
    return track.reshape(len(track), spec.bars * spec.beats, spec.beat_steps, -1)


def _class_weights(pitches: npt.NDArray[np.float64], spec: RollSpec) -> npt.NDArray[np.float64]:
    """Sums of [..., pitches] by pitch class, [..., 12], C first."""
    whole = pitches.reshape(*pitches.shape[:-1], spec.octaves, OCTAVE).sum(-2)
    return np.roll(whole, spec.lowest % OCTAVE, axis=-1)


def _classes(pitches: Rolls, spec: RollSpec) -> Rolls:
    return _class_weights(pitches.astype(np.float64), spec) > 0


def _notes(track: Rolls) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """(pitch, start, length in steps) of the notes of each phrase that has some; notes go on over bar lines."""
    for roll in track:
        edges = np.diff(roll.T.astype(np.int8), axis=1, prepend=0, append=0)
        pitch, start = np.nonzero(edges > 0)
        if len(start):
            yield pitch, start, np.nonzero(edges < 0)[1] - start
