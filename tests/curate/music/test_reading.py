"""Music files become pieces: MIDI, MusicXML, arrays."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.music import midi_file

from ganvas.curate.music.arrays import read_arrays
from ganvas.curate.music.midi import read_midi
from ganvas.curate.music.musicxml import read_musicxml
from ganvas.curate.music.piece import MusicError
from ganvas.curate.music.sources import read_pieces

SCORE = """<?xml version="1.0"?><score-partwise version="4.0">
<part-list><score-part id="P1"><part-name>Viola</part-name>
<midi-instrument id="I"><midi-channel>1</midi-channel><midi-program>42</midi-program></midi-instrument></score-part>
</part-list>
<part id="P1">
<measure number="0" implicit="yes"><attributes><divisions>2</divisions>
<time><beats>3</beats><beat-type>4</beat-type></time></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>2</duration></note></measure>
<measure number="1"><direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>
<per-minute>60</per-minute></metronome></direction-type></direction>
<note><grace/><pitch><step>B</step><octave>3</octave></pitch></note>
<note><pitch><step>F</step><alter>1</alter><octave>4</octave></pitch><duration>2</duration></note>
<note><chord/><pitch><step>A</step><octave>4</octave></pitch><duration>2</duration></note>
<note><rest/><duration>2</duration></note>
<note><pitch><step>D</step><octave>5</octave></pitch><duration>2</duration><tie type="start"/></note>
<backup><duration>6</duration></backup>
<note><pitch><step>C</step><octave>3</octave></pitch><duration>6</duration><voice>2</voice></note></measure>
<measure number="2"><direction><direction-type><metronome><beat-unit>half</beat-unit><per-minute>c. 50</per-minute>
</metronome></direction-type><sound tempo="45"/></direction>
<note><pitch><step>D</step><octave>5</octave></pitch><duration>1</duration><tie type="stop"/></note>
<forward><duration>5</duration></forward></measure>
</part></score-partwise>"""


def test_a_score_gives_sounding_notes_and_full_bars() -> None:
    piece = read_musicxml(SCORE.encode())
    (part,) = piece.parts
    assert (part.name, part.program, part.drums) == ("Viola", 41, False)
    assert sorted(map(tuple, part.notes.tolist())) == [
        (0.0, 1.0, 60.0),
        (1.0, 1.0, 66.0),
        (1.0, 1.0, 69.0),
        (1.0, 3.0, 48.0),
        (3.0, 1.5, 74.0),  # tied over the bar line
    ]
    assert piece.bars.tolist() == [[1.0, 3.0], [4.0, 3.0]]  # without the pickup


def test_a_score_and_a_midi_file_state_their_tempo_and_a_score_may_state_none() -> None:
    piece = read_musicxml(SCORE.encode())
    assert piece.tempi is not None
    assert piece.tempi.tolist() == [[1.0, 90.0], [4.0, 45.0]]  # dotted quarters by the mark, quarters by the sound
    assert [piece.tempo(*span) for span in ((0, 3), (4, 7), (1, 7))] == pytest.approx([90, 45, 60])
    bare = re.sub(r"<direction>.*?</direction>|<midi-instrument.*?</midi-instrument>", "", SCORE, flags=re.DOTALL)
    without = read_musicxml(bare.encode())
    assert (without.tempi, without.tempo(0, 4), without.parts[0].program) == (None, None, None)
    song = read_midi(midi_file([[(0, 1, 60)]]))
    assert song.tempo(0, 4) == pytest.approx(120)


def test_a_compressed_score_is_the_same_score() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="a.musicxml"/></rootfiles></container>',
        )
        archive.writestr("a.musicxml", SCORE)
    packed, plain = read_musicxml(content.getvalue()), read_musicxml(SCORE.encode())
    np.testing.assert_array_equal(packed.parts[0].notes, plain.parts[0].notes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SCORE.encode()[:400], "damaged"),
        (b"<score-timewise/>", "no part-wise score"),
        (b"<score-partwise/>", "without parts"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><score-partwise/>', "entities"),
    ],
)
def test_a_score_that_cannot_be_used_has_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(MusicError, match=reason):
        read_musicxml(content)


def test_midi_is_read_in_quarter_notes_with_the_bars_of_its_time_signature() -> None:
    piece = read_midi(midi_file([[(0, 1, 60), (1.5, 0.5, 64)], [(0, 3, 36)]], names=("melody", "drums"), numerator=3))
    assert [(part.name, part.drums) for part in piece.parts] == [("melody", False), ("drums", True)]
    np.testing.assert_allclose(piece.parts[0].notes, [[0, 1, 60], [1.5, 0.5, 64]])
    assert piece.bars.tolist() == [[0.0, 3.0]]


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"MThd\x00\x00\x00\x06\x00\x02\x00\x01\x01\xe0"])
def test_damaged_midi_has_a_reason(damage: bytes) -> None:
    with pytest.raises(MusicError):
        read_midi(damage)
    with pytest.raises(MusicError, match="damaged"):
        read_midi(midi_file([[(0, 1, 60)]])[:-20])


def test_arrays_of_voices_and_of_rolls_give_the_same_notes() -> None:
    pitches = np.array([[[60, -1], [60, 48], [62, 48], [-1, 48]]])
    voices = io.BytesIO()
    np.savez(voices, pitches=pitches)
    rolls = np.zeros((1, 2, 1, 4, 24), np.uint8)
    rolls[0, 0, 0, :2, 12] = rolls[0, 0, 0, 2, 14] = rolls[0, 1, 0, 1:, 0] = 1
    dense, packed = io.BytesIO(), io.BytesIO()
    np.savez(dense, rolls=rolls, lowest=48, beats=1)
    np.savez(packed, bits=np.packbits(rolls), shape=rolls.shape, lowest=48, beats=1, piece=[7])
    notes = [[[0, 0.5, 60], [0.5, 0.25, 62]], [[0.25, 0.75, 48]]]
    for file in (voices, dense, packed):
        (piece,) = read_arrays(file.getvalue())
        assert [part.notes.tolist() for part in piece.parts] == notes
    assert piece.name == "7"
    with pytest.raises(MusicError, match="without rolls"):
        list(read_arrays(_npz(other=np.zeros(3))))


def _npz(**arrays: np.ndarray) -> bytes:  # type: ignore[type-arg]
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def test_the_notes_of_a_score_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    (first,) = read_pieces("a.musicxml", SCORE.encode())
    (kept,) = (tmp_path / "scores").iterdir()
    (again,) = read_pieces("b.xml", SCORE.encode())
    assert kept.suffix == ".npz"
    assert again.parts[0][:3] == first.parts[0][:3]
    np.testing.assert_array_equal(again.parts[0].notes, first.parts[0].notes)
