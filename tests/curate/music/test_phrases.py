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
    shift_to_common_key,
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


SCALE = {"major": (0, 2, 4, 5, 7, 9, 11, 12), "minor": (0, 2, 3, 5, 7, 8, 10, 12)}


@pytest.mark.parametrize(("mode", "tonic", "expected"), [("major", 45, 48), ("major", 39, 36), ("minor", 40, 45)])
def test_a_phrase_is_transposed_to_the_common_key(mode: str, tonic: int, expected: int) -> None:
    tune = part(*((beat, 1, tonic + step) for beat, step in enumerate((*SCALE[mode][:7], 0))))
    bass, drums = part((0, 8, tonic)), part((0, 8, 36), drums=True)
    tracks = ({"name": "tune"}, {"name": "bass"}, {"name": "drums", "drums": True})
    spec = roll_spec(bars=4, key="common", tracks=tracks)
    (phrase,) = phrases_of(Piece((tune, bass, drums), bars(2, 2, 2, 2)), spec, Counter())
    assert np.flatnonzero(phrase.roll[..., 1].any(0)) + spec.lowest == expected
    assert phrase.roll[0, expected - spec.lowest, 0]
    assert phrase.roll[:, 0, 2].all()  # drums stay


def test_the_transposition_puts_few_notes_outside_the_range() -> None:
    low = part(*((beat, 1, 37 + step) for beat, step in enumerate((0, 2, 4, 5, 7, 9, 11, 0))))  # C sharp major
    left_out: Counter[str] = Counter()
    (phrase,) = phrases_of(Piece((low, low), bars(2, 2, 2, 2)), roll_spec(bars=4, lowest=37, key="common"), left_out)
    assert left_out[NOTES_OUTSIDE] == 0
    assert np.flatnonzero(phrase.roll.any((0, 2)))[0] == 11  # up to the next C, not down by one


def test_without_notes_or_a_key_nothing_is_transposed() -> None:
    spec = roll_spec(key="common")
    every = np.stack([np.arange(12), np.arange(12) + 1, np.arange(12)], 1)
    assert shift_to_common_key([np.zeros((0, 3), np.int64)] * 2, spec) == 0
    assert shift_to_common_key([every, every], spec) == 0


def test_one_voice_keeps_the_highest_note() -> None:
    chord = part((0, 4, 40), (0, 2, 44), (1, 1, 47))
    (phrase,) = phrases_of(Piece((chord, chord), bars(2, 2)), roll_spec(voices="one"), Counter())
    heard = [np.flatnonzero(step).tolist() for step in phrase.roll[::4, :, 0]]
    assert heard == [[8], [11], [4], [4]]


def test_rolls_without_the_new_settings_are_written_as_before() -> None:
    assert not {"key", "voices"} & set(roll_spec().model_dump(mode="json"))
