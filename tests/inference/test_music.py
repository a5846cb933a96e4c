"""Phrases from seeds, pieces by interpolation, accompaniment; rolls as notes and files."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.music import midi_file, roll_spec

from ganvas.curate.music.midi import read_midi
from ganvas.curate.music.notes import Note
from ganvas.errors import UserError
from ganvas.inference.music import MusicOptions, compose, given_track, interpolate, joined, notes_of, to_midi
from ganvas.inference.session import TorchSession
from ganvas.models.families.musegan import MuseGAN, MuseGANConfig
from ganvas.spec import DataSpec

SPEC = roll_spec()
DATA = DataSpec(roll=SPEC)  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def family() -> MuseGAN:
    torch.manual_seed(0)
    made = MuseGAN(MuseGANConfig(z_dim=8, width=2), DATA, 1.0)  # type: ignore[call-arg]
    made.measure_standing_statistics()
    return made.eval()


@pytest.fixture
def session(family: MuseGAN) -> TorchSession:
    return TorchSession(family)


def test_a_seed_is_a_phrase_whatever_its_neighbours(session: TorchSession, family: MuseGAN) -> None:
    for drawing in ("threshold", "bernoulli"):
        options = MusicOptions(drawing, 0.2)  # type: ignore[arg-type]
        together = compose(session, family.z_dim, DATA, [3, 4], options)
        assert together.shape == (2, 16, 36, 2)
        assert together.dtype == np.bool_
        np.testing.assert_array_equal(together[1], compose(session, family.z_dim, DATA, [4], options)[0])


def test_a_lower_threshold_plays_more_notes(session: TorchSession, family: MuseGAN) -> None:
    counts = [compose(session, family.z_dim, DATA, [0], MusicOptions(threshold=t)).sum() for t in (0.01, 0.1, 0.5)]
    assert counts[0] > counts[1] > counts[2]


def test_a_piece_begins_and_ends_with_the_phrases_of_its_seeds(session: TorchSession, family: MuseGAN) -> None:
    options = MusicOptions(threshold=0.2)
    piece = interpolate(session, family.z_dim, DATA, [5, 9], 4, options)
    ends = compose(session, family.z_dim, DATA, [5, 9], options)
    np.testing.assert_array_equal(piece[[0, 3]], ends)
    assert joined(piece).shape == (64, 36, 2)
    with pytest.raises(UserError, match="1 to 64 phrases"):
        interpolate(session, family.z_dim, DATA, [5], 65)


def test_rolls_become_notes_and_midi_that_reads_back() -> None:
    roll = np.zeros((32, 36, 2), np.bool_)
    roll[0:4, 12, 0] = roll[4:6, 12, 1] = roll[14:18, 0, 1] = roll[30:, 35, 0] = True
    notes = notes_of(roll, SPEC)
    assert notes == [Note(0, 48, 0, 4), Note(1, 48, 4, 2), Note(1, 36, 14, 4), Note(0, 71, 30, 2)]
    piece = read_midi(to_midi(roll, SPEC, tempo=77))
    assert [(part.name, part.program) for part in piece.parts] == [("high", 40), ("low", 42)]
    np.testing.assert_allclose(piece.parts[0].notes, [[0, 1, 48], [7.5, 0.5, 71]], atol=2e-3)
    np.testing.assert_allclose(piece.parts[1].notes, [[1, 0.5, 48], [3.5, 1, 36]], atol=2e-3)
    for wrong in ({"tempo": 10.0}, {"programs": [1]}, {"programs": [1, 128]}):
        with pytest.raises(UserError):
            to_midi(roll, SPEC, **wrong)  # type: ignore[arg-type]


def test_the_given_track_of_a_file_comes_back_in_the_accompaniment() -> None:
    config = MuseGANConfig(z_dim=8, width=2, accompany="low")  # type: ignore[call-arg]
    family = MuseGAN(config, DATA, 1.0).eval()
    content = midi_file([[(0, 9, 60)], [(0, 4, 40), (4, 4, 43)]], names=("Voice", "Low strings"), numerator=2)
    given = given_track("a.mid", content, SPEC, "low")
    assert given.shape == (2, 16, 36)
    assert given[0, :, 4].all()
    made = compose(TorchSession(family), family.z_dim, DATA, [1, 1], MusicOptions(given=given))
    np.testing.assert_array_equal(made[..., 1], given)


def test_a_file_that_cannot_be_accompanied_has_a_sentence() -> None:
    two = midi_file([[(0, 4, 60)], [(0, 4, 62)]], names=("flute", "oboe"))
    for name, content, said in (
        ("a.mid", b"", "not a MIDI file"),
        ("a.mid", two, "it has the parts flute, oboe, and none or several are named low"),
        ("a.mid", midi_file([[(0, 1, 60)]], numerator=3), "no 2 bars of 2 quarter notes in a row"),
    ):
        with pytest.raises(UserError, match=said):
            given_track(name, content, SPEC, "low")
