"""Pieces become piano rolls: tracks, bars, the time grid, near-duplicates."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from support.music import roll_spec

from ganvas.curate.dataset.roll_page import from_page, to_page
from ganvas.curate.music.assign import assign_parts, roles
from ganvas.curate.music.near_duplicates import near_duplicates
from ganvas.curate.music.phrases import (
    BARS_IN_SHORT_RUNS,
    BARS_OF_OTHER_LENGTH,
    EMPTY_PHRASES,
    NOTES_OUTSIDE,
    phrases_of,
)
from ganvas.curate.music.piece import MusicError, Part, Piece, notes_array


def part(*notes: tuple[float, float, float], name: str = "", program: int = 0, drums: bool = False) -> Part:
    return Part(name, program, drums, notes_array(list(notes)))


def bars(*lengths: float, start: float = 0.0) -> np.ndarray:  # type: ignore[type-arg]
    onsets = start + np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    return np.stack([onsets, np.array(lengths)], axis=1)


def test_notes_lie_on_the_grid_of_their_bars() -> None:
    high, low = part((0, 1, 48), (1.5, 0.1, 50), (3.5, 2, 52)), part((0, 4, 36), (2, 1, 99))
    left_out: Counter[str] = Counter()
    (phrase,) = phrases_of(Piece((high, low), bars(2, 2)), roll_spec(), left_out)
    assert phrase.bar == 1
    assert phrase.roll.shape == (16, 36, 2)
    sounding = {(int(pitch), int(time)) for time, pitch in np.argwhere(phrase.roll[..., 0])}
    assert sounding == {*((12, t) for t in range(4)), (14, 6), (16, 14), (16, 15)}  # cut off at the end
    assert phrase.roll[:, 0, 1].all()
    assert left_out[NOTES_OUTSIDE] == 1


def test_phrases_begin_at_bar_lines_and_bars_of_other_lengths_are_counted() -> None:
    voice = part(*((beat / 2, 0.5, 40) for beat in range(60)))
    lengths = bars(2, 2, 2, 3, 1, 1, 1, 1, 2, start=1.0)
    left_out: Counter[str] = Counter()
    found = list(phrases_of(Piece((voice, voice), lengths), roll_spec(), left_out))
    assert [phrase.bar for phrase in found] == [1, 5]  # bars 1-2, and 5-8: two of one quarter note are one of two
    assert left_out == {BARS_OF_OTHER_LENGTH: 1, BARS_IN_SHORT_RUNS: 2, NOTES_OUTSIDE: 0}


def test_a_phrase_in_which_half_of_the_tracks_are_silent_is_left_out() -> None:
    left_out: Counter[str] = Counter()
    piece = Piece((part((0, 8, 40)), part((4, 1, 40))), bars(2, 2, 2, 2))
    assert [phrase.bar for phrase in phrases_of(piece, roll_spec(), left_out)] == [3]
    assert left_out[EMPTY_PHRASES] == 1


def test_parts_go_to_tracks_by_order_name_program_or_role() -> None:
    parts = (
        part((0, 1, 70), name="Solo Flute", program=73),
        part((0, 4, 55), (0, 4, 59), (0, 4, 62), name="Piano", program=0),
        part((0, 1, 35), name="Kit", drums=True),
        part((0, 1, 40), name="Bass", program=33),
    )
    piece = Piece(parts, bars(2))

    def assigned(assign: str, *tracks: dict[str, object]) -> list[list[str]]:
        spec = roll_spec(assign=assign, tracks=tracks)
        return [[part.name for part in track] for track in assign_parts(piece, spec)]

    named = [{"name": name} for name in ("bass", "flute", "piano")]
    assert assigned("name", *named) == [["Bass"], ["Solo Flute"], ["Piano"]]
    by_program = (
        {"name": "kit", "drums": True},
        {"name": "low", "programs": (32, 39)},
        {"name": "x", "programs": (0, 7)},
    )
    assert assigned("program", *by_program) == [["Kit"], ["Bass"], ["Piano"]]
    by_role = [{"name": name} for name in ("melody", "chords", "bass", "drums")]
    assert assigned("role", *by_role) == [["Solo Flute"], ["Piano"], ["Bass"], ["Kit"]]
    assert roles([part((0, 1, 60)), part((0, 1, 40)), part((0, 1, 72), drums=True)]) == ["melody", "bass", "drums"]
    with pytest.raises(MusicError, match="4 parts with notes where there are 2 tracks"):
        assigned("order", {"name": "a"}, {"name": "b"})
    with pytest.raises(MusicError, match="no part fits the tracks horn"):
        assigned("name", {"name": "horn"})


def test_near_duplicates_are_found_in_any_key() -> None:
    spec = roll_spec()
    rng = np.random.default_rng(0)
    rolls = (rng.random((4, 16, 36, 2)) < 0.1).astype(np.uint8) * 255
    rolls[:, :, :4] = rolls[:, :, -4:] = 0
    rolls[1] = np.roll(rolls[0], 3, axis=1)  # transposed
    rolls[3] = rolls[2]
    rolls[3, 2, 20] = 255 - rolls[3, 2, 20]  # a few cells differ
    assert near_duplicates(list(rolls), spec) == {1: 0, 3: 2}


def test_a_page_shows_time_to_the_right_and_pitch_upwards() -> None:
    spec = roll_spec()
    roll = np.zeros((16, 36, 2), np.uint8)
    roll[5, 0, 1] = roll[0, 35, 0] = 255
    page = to_page(roll)
    assert page.shape == (72, 16, 1)
    assert [tuple(cell) for cell in np.argwhere(page[..., 0])] == [(0, 0), (71, 5)]
    np.testing.assert_array_equal(from_page(page, spec), roll)
