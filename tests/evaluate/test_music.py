"""Metrics of piano rolls in closed form, on rolls made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from support.music import roll_spec

from ganvas.evaluate.music import (
    drum_pattern,
    empty_bars,
    measure,
    nearest_phrases,
    polyphony,
    qualified_notes,
    scale_consistency,
    shortest_qualified,
    tonal_centroids,
    tonal_distance,
    used_pitch_classes,
)

SPEC = roll_spec()  # 2 bars of 2 beats of 4 steps; pitch 0 is C2


def track(*notes: tuple[int, int, int], spec: object = SPEC) -> np.ndarray:  # type: ignore[type-arg]
    """One phrase [1, time, pitches] of (start, length, pitch)."""
    roll = np.zeros((1, spec.steps, spec.pitches), np.bool_)  # type: ignore[attr-defined]
    for start, length, pitch in notes:
        roll[0, start : start + length, pitch] = True
    return roll


def test_empty_bars_are_those_in_which_nothing_sounds() -> None:
    assert empty_bars(track(), SPEC) == 1.0
    assert empty_bars(track((0, 1, 5)), SPEC) == 0.5
    assert empty_bars(track((7, 2, 5)), SPEC) == 0.0  # over the bar line


def test_pitch_classes_are_counted_per_bar_that_sounds() -> None:
    assert math.isnan(used_pitch_classes(track(), SPEC))
    assert used_pitch_classes(track((0, 1, 0), (1, 1, 12), (2, 1, 7)), SPEC) == 2.0  # C, C an octave higher, G
    assert used_pitch_classes(track((0, 1, 0), (8, 1, 0), (9, 1, 1), (10, 1, 2)), SPEC) == 2.0  # 1 and 3


def test_qualified_notes_are_long_enough() -> None:
    assert [shortest_qualified(roll_spec(beat_steps=steps)) for steps in (4, 8, 12, 24)] == [2, 2, 2, 3]
    assert qualified_notes(track((0, 1, 3), (1, 2, 4), (3, 4, 5), (9, 1, 5)), SPEC) == 0.5
    assert math.isnan(qualified_notes(track(), SPEC))


def test_polyphony_is_the_share_of_all_steps_with_two_pitches() -> None:
    assert polyphony(track((0, 8, 3), (4, 4, 7))) == 4 / 16


def test_drum_pattern_is_the_share_of_onsets_on_sixteenths() -> None:
    coarse = roll_spec(beat_steps=8)
    assert drum_pattern(track((0, 1, 2), (2, 1, 2), (4, 9, 3), (7, 1, 1), spec=coarse), coarse) == 0.75
    fine = roll_spec(beat_steps=24)
    assert drum_pattern(track((0, 1, 2), (7, 1, 2), spec=fine), fine) == pytest.approx((1 + 0.1) / 2)
    assert drum_pattern(track((3, 1, 2), spec=fine), fine) == 0.0


def test_scale_consistency_is_that_of_the_best_scale_whatever_the_lowest_pitch() -> None:
    scale = [(step, 1, pitch) for step, pitch in enumerate((0, 2, 4, 5, 7, 9, 11))]
    assert scale_consistency(track(*scale)[..., None], SPEC) == 1.0
    assert scale_consistency(track(*scale, (7, 1, 1))[..., None], SPEC) == 7 / 8
    assert scale_consistency(track(*scale)[..., None], roll_spec(lowest=43)) == 1.0  # transposed
    chromatic = [(0, 1, pitch) for pitch in range(12)]
    assert scale_consistency(track(*chromatic)[..., None], SPEC) == 7 / 12


def test_tonal_centroids_lie_on_the_circles_of_harte() -> None:
    c, g = np.eye(12)[0], np.eye(12)[7]
    np.testing.assert_allclose(tonal_centroids(c), [0, 1, 0, 1, 0, 0.5], atol=1e-12)
    angles = [7 * 7 / 6, 7 * 3 / 2, 7 * 2 / 3]
    expected = [r * f(a * math.pi) for r, a in zip((1, 1, 0.5), angles, strict=True) for f in (math.sin, math.cos)]
    np.testing.assert_allclose(tonal_centroids(g), expected, atol=1e-12)
    np.testing.assert_allclose(tonal_centroids((c + g) / 2), (tonal_centroids(c) + tonal_centroids(g)) / 2)


def test_tonal_distance_is_measured_per_beat_where_both_sound() -> None:
    c, silent = track((0, 16, 0)), track()
    assert tonal_distance(c, c, SPEC) == 0.0
    assert math.isnan(tonal_distance(c, silent, SPEC))
    fifth = float(np.linalg.norm(tonal_centroids(np.eye(12)[0]) - tonal_centroids(np.eye(12)[7])))
    assert tonal_distance(c, track((4, 4, 19)), SPEC) == pytest.approx(fifth)  # G sounds in one beat of four
    assert tonal_distance(c, track((4, 4, 19), (8, 4, 12)), SPEC) == pytest.approx(fifth / 2)
    near, far = (tonal_distance(c, track((0, 16, pitch)), SPEC) for pitch in (7, 6))
    assert near < far  # a fifth is nearer than a tritone


def test_the_nearest_phrase_shares_most_cells() -> None:
    real = np.stack([track((0, 8, 3))[0], track((0, 4, 3), (8, 4, 9))[0], track((12, 2, 30))[0]])[..., None]
    fake = np.stack([track((0, 8, 3))[0], track((8, 4, 9))[0]])[..., None]
    found = nearest_phrases(fake, (real[:2], real[2:]))
    assert found.number.tolist() == [0, 1]
    torch.testing.assert_close(found.distance, torch.tensor([0.0, 0.5]))


def test_each_track_and_pair_of_tracks_has_its_metrics() -> None:
    spec = roll_spec(tracks=({"name": "a"}, {"name": "kit", "drums": True}, {"name": "b"}))
    rolls = np.zeros((3, spec.steps, spec.pitches, 3), np.bool_)
    rolls[:, :4] = True
    found = measure(rolls, spec)
    assert set(found) == {
        *("eb_a", "eb_kit", "eb_b", "dp_kit", "sc", "td_a/b"),
        *(f"{metric}_{name}" for metric in ("upc", "qn", "pp") for name in "ab"),
    }
    assert (found["eb_a"], found["upc_a"], found["qn_a"], found["pp_b"]) == (0.5, 12.0, 1.0, 0.25)
