"""MusicXML scores (3.1 and 4.0, part-wise), plain and compressed, as pieces.

Only what is needed to hear the notes is read: parts, pitches, durations, ties, time signatures, tempo, transposition.
"""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from ganvas.curate.music.piece import MusicError, Part, Piece, notes_array

Element = ElementTree.Element
Numbers = npt.NDArray[np.float64]
MAX_BYTES = 200_000_000  # of a score that is not compressed
CONTAINER = "META-INF/container.xml"
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
UNITS = {"whole": 4.0, "half": 2.0, "quarter": 1.0, "eighth": 0.5, "16th": 0.25}  # quarter notes
EXACT = 1e-6  # quarter notes


class _Note(NamedTuple):
    """A note: onset within its measure and duration in quarter notes, pitch, and whether it continues another."""

    onset: float
    duration: float
    pitch: float
    continues: bool


class _Measure(NamedTuple):
    """A measure of a part.

    Attributes:
        notes: Its notes.
        extent: How far they reach.
        bar: Length of a bar by the time signature; None: without measure.
        tempi: Onsets within the measure, and quarter notes per minute from there on.
    """

    notes: list[_Note]
    extent: float
    bar: float | None
    tempi: list[tuple[float, float]]


def read_musicxml(content: bytes) -> Piece:
    """The notes of a score in quarter notes: ties joined, grace notes and cues left out, repeats played once.

    Raises:
        MusicError: the file is damaged or no part-wise score.
    """
    try:
        root = ElementTree.fromstring(_score(content))
        if root.tag != "score-partwise":
            raise MusicError(f"a {root.tag} document, which is no part-wise score")
        parts = root.findall("part")
        if not parts:
            raise MusicError("a score without parts")
        measures = [_measures(part) for part in parts]
        about = {part.get("id"): part for part in root.iterfind("part-list/score-part")}
    except (ElementTree.ParseError, ValueError, KeyError, zipfile.BadZipFile, OSError, ZeroDivisionError) as error:
        if isinstance(error, MusicError):
            raise
        raise MusicError(f"a damaged score ({str(error) or type(error).__name__})") from None
    starts, lengths, wanted = _bar_lines(measures)
    made = tuple(_part(about.get(part.get("id")), own, starts) for part, own in zip(parts, measures, strict=True))
    full = np.abs(lengths - wanted) < EXACT
    return Piece(made, np.stack([starts, lengths], axis=1)[full], tempi=_tempi(measures, starts))


def _score(content: bytes) -> bytes:
    """The XML of a score, unpacked where it is compressed."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            container = ElementTree.fromstring(archive.read(CONTAINER))
            rootfile = next((node for node in container.iter() if node.tag.endswith("rootfile")), None)
            if rootfile is None:
                raise MusicError("a compressed score that names no score")
            entry = archive.getinfo(rootfile.get("full-path", ""))
            if entry.file_size > MAX_BYTES:
                raise MusicError("a compressed score that would unpack to more than 200 MB")
            content = archive.read(entry)
    if b"<!ENTITY" in content[:10_000]:
        raise MusicError("a score that declares entities of its own")
    return content


def _measures(part: Element) -> list[_Measure]:
    divisions, transpose, bar = 1.0, 0.0, None
    found = []
    for measure in part.iterfind("measure"):
        notes: list[_Note] = []
        tempi: list[tuple[float, float]] = []
        now = extent = before = 0.0
        for node in measure:
            match node.tag:
                case "attributes":
                    divisions = float(node.findtext("divisions") or divisions)
                    bar = _bar_length(node, bar)
                    transpose = _transposition(node, transpose)
                case "backup":
                    now -= float(node.findtext("duration", "0")) / divisions
                case "forward":
                    now += float(node.findtext("duration", "0")) / divisions
                case "direction" | "sound":
                    tempo = _tempo(node)
                    tempi += [] if tempo is None else [(now, tempo)]
                case "note" if node.find("grace") is None:
                    length = float(node.findtext("duration", "0")) / divisions
                    onset = before if node.find("chord") is not None else now
                    pitch = _pitch(node)
                    if pitch is not None and length > 0:
                        stops = any(tie.get("type") == "stop" for tie in node.iterfind("tie"))
                        notes.append(_Note(onset, length, pitch + transpose, stops))
                    before, now = onset, max(now, onset + length)
            extent = max(extent, now)
        found.append(_Measure(notes, extent, bar, tempi))
    return found


def _bar_length(attributes: Element, before: float | None) -> float | None:
    """Length of a bar in quarter notes after a change of the time signature; None: without measure."""
    time = attributes.find("time")
    if time is None:
        return before
    beats, kinds = time.findall("beats"), time.findall("beat-type")
    if not beats:
        return None
    return sum(
        4 * sum(float(part) for part in (count.text or "").split("+")) / float(kind.text or 4)
        for count, kind in zip(beats, kinds, strict=True)
    )


def _tempo(node: Element) -> float | None:
    """Quarter notes per minute of a ``sound``, or of a ``direction`` by its sound or its metronome mark; None: none."""
    sound = node if node.tag == "sound" else node.find("sound")
    stated = None if sound is None else sound.get("tempo")
    metronome = node.find("direction-type/metronome")
    unit = 1.0
    if stated is None and metronome is not None:
        stated = metronome.findtext("per-minute")
        unit = UNITS.get(metronome.findtext("beat-unit", ""), 1.0) * (
            1.5 if metronome.find("beat-unit-dot") is not None else 1
        )
    try:
        tempo = unit * float(stated or "")
    except ValueError:  # words, such as "c. 108"
        return None
    return tempo if 0 < tempo < np.inf else None


def _tempi(measures: list[list[_Measure]], starts: Numbers) -> Numbers | None:
    """Changes of the tempo [T, 2] of the first part that states any, as onset and quarter notes per minute."""
    for part in measures:
        rows = [
            (float(start) + onset, tempo)
            for start, measure in zip(starts, part, strict=False)
            for onset, tempo in measure.tempi
        ]
        if rows:
            return np.array(sorted(rows, key=lambda row: row[0]), np.float64)
    return None


def _transposition(attributes: Element, before: float) -> float:
    node = attributes.find("transpose")
    if node is None:
        return before
    return float(node.findtext("chromatic", "0")) + 12 * float(node.findtext("octave-change", "0"))


def _pitch(note: Element) -> float | None:
    """MIDI number as written; None: a rest, a cue, or a drum, whose sound depends on the player."""
    pitch = note.find("pitch")
    if pitch is None or note.find("cue") is not None:
        return None
    octave, alter = int(pitch.findtext("octave", "4")), float(pitch.findtext("alter") or 0)
    return 12.0 * (octave + 1) + SEMITONES[pitch.findtext("step", "").strip()] + alter


def _bar_lines(measures: list[list[_Measure]]) -> tuple[Numbers, Numbers, Numbers]:
    """Start and length of each measure, which all parts share, and its length by the time signature (or -1)."""
    count = max(len(part) for part in measures)
    lengths, wanted = np.zeros(count), np.full(count, -1.0)
    for part in measures:
        for index, measure in enumerate(part):
            lengths[index] = max(lengths[index], measure.extent)
            if measure.bar is not None:
                wanted[index] = measure.bar
    lengths = np.where(lengths > 0, lengths, np.maximum(wanted, 0))
    return np.concatenate([[0.0], np.cumsum(lengths)[:-1]]), lengths, wanted


def _part(about: Element | None, measures: list[_Measure], starts: Numbers) -> Part:
    rows: list[tuple[float, float, float]] = []
    sounding: dict[float, int] = {}  # pitch → the row of its last note
    for start, measure in zip(starts, measures, strict=False):
        for note in sorted(measure.notes, key=lambda note: note.onset):
            onset, last = float(start) + note.onset, sounding.get(note.pitch)
            if note.continues and last is not None and abs(rows[last][0] + rows[last][1] - onset) < EXACT:
                rows[last] = (rows[last][0], onset + note.duration - rows[last][0], note.pitch)
            else:
                sounding[note.pitch] = len(rows)
                rows.append((onset, note.duration, note.pitch))
    name, channel = "", 0
    program: int | None = None
    if about is not None:
        name = (about.findtext("part-name") or "").strip()
        stated = about.findtext("midi-instrument/midi-program")
        program = min(max(int(stated) - 1, 0), 127) if stated else None
        channel = int(about.findtext("midi-instrument/midi-channel") or 0)
    return Part(name, program, channel == 10, notes_array(rows))
