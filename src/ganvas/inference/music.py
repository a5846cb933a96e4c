"""Music of a trained model: phrases from seeds, longer pieces by interpolation, accompaniment of a given track."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.music.midi import write_midi
from ganvas.curate.music.notes import notes_of as notes_of
from ganvas.curate.music.phrases import phrases_of
from ganvas.curate.music.piece import MusicError, Part, Piece
from ganvas.curate.music.sources import read_file
from ganvas.errors import UserError
from ganvas.inference.session import Session
from ganvas.models.batches import latents
from ganvas.spec import DEFAULT_TEMPO, MAX_TEMPO, MIN_TEMPO, DataSpec, RollSpec

Rolls = npt.NDArray[np.bool_]
"""[N, time, pitches, tracks]: true where a note sounds."""
Drawing = Literal["threshold", "bernoulli"]
MAX_PHRASES = 64  # of a piece


class MusicOptions(NamedTuple):
    """How a model's numbers become notes, and whom it accompanies.

    Attributes:
        drawing: ``threshold``: a note sounds where its probability is above ``threshold``; ``bernoulli``: it is drawn
            with its probability, by the seed.
        threshold: In (0, 1).
        given: The given track of each phrase, bool [P, time, pitches], for a model that accompanies one.
    """

    drawing: Drawing = "threshold"
    threshold: float = 0.5
    given: Rolls | None = None


USUAL = MusicOptions()


def roll_spec(data: DataSpec, name: str = "This model") -> RollSpec:
    """The format of a model's rolls.

    Raises:
        UserError: it makes no music.
    """
    if data.roll is None:
        raise UserError(f"{name} makes no music; choose a model that does.", code="no-music", params={"model": name})
    return data.roll


def compose(session: Session, z_dim: int, data: DataSpec, seeds: Sequence[int], options: MusicOptions = USUAL) -> Rolls:
    """One phrase per seed, bool [N, time, pitches, tracks]; the same seed always gives the same phrase.

    Args:
        session: A model of the task ``music``.
        z_dim: Length of its latent.
        data: The format of its rolls.
        seeds: Whole numbers, 0 or more.
        options: See :class:`MusicOptions`; of a given track phrase *i* goes to seed *i*, or one goes to all.

    Raises:
        UserError: an option is out of range.
    """
    return _sounding(session, latents(seeds, z_dim), data, options, seeds)


def interpolate(
    session: Session,
    z_dim: int,
    data: DataSpec,
    seeds: Sequence[int],
    phrases: int,
    options: MusicOptions = USUAL,
) -> Rolls:
    """A piece of several phrases, whose latents move from seed to seed, bool [phrases, time, pitches, tracks].

    Latents are interpolated on the sphere (White 2016), so that each is as likely as one from a seed.

    Args:
        session: A model of the task ``music``.
        z_dim: Length of its latent.
        data: The format of its rolls.
        seeds: Passed through in order; one alone goes to the next seed.
        phrases: How many; the first is that of the first seed, the last that of the last.
        options: See :class:`MusicOptions`; of a given track phrase *i* goes to phrase *i*.

    Raises:
        UserError: there are too many phrases, or an option is out of range.
    """
    if not 1 <= phrases <= MAX_PHRASES:
        raise UserError(
            f"A piece has 1 to {MAX_PHRASES} phrases, not {phrases}.",
            code="too-many-phrases",
            params={"most": MAX_PHRASES},
        )
    ends = list(seeds) if len(seeds) > 1 else [seeds[0], seeds[0] + 1]
    through = latents(ends, z_dim)
    at = np.linspace(0, len(ends) - 1, phrases)
    first = np.minimum(at.astype(np.int64), len(ends) - 2)
    z = np.stack([_between(through[i], through[i + 1], share - i) for i, share in zip(first, at, strict=True)])
    return _sounding(session, z, data, options, [ends[0] + index for index in range(phrases)])


def _between(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32], share: float) -> npt.NDArray[np.float32]:
    """Spherical interpolation; ``share`` in [0, 1]."""
    cosine = float(np.dot(a, b) / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-12))
    angle = float(np.arccos(np.clip(cosine, -1, 1)))
    if angle < 1e-4:
        return a
    mixed = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)
    return np.asarray(mixed, np.float32)


def _sounding(
    session: Session, z: npt.NDArray[np.float32], data: DataSpec, options: MusicOptions, seeds: Sequence[int]
) -> Rolls:
    spec = roll_spec(data)
    if not 0 < options.threshold < 1:
        raise UserError(
            f"The threshold is a number between 0 and 1, not {options.threshold:g}.", code="threshold-range"
        )
    silence = np.zeros((len(z), spec.steps, spec.pitches), np.bool_)
    given = silence if options.given is None else np.resize(options.given, silence.shape)
    output = session({"z": z, "given": np.where(given, np.float32(1), np.float32(-1))[:, None]})
    probability = (output.transpose(0, 2, 3, 1) + 1) / 2
    if options.drawing == "threshold":
        return probability > options.threshold
    drawn = [np.random.default_rng((seed, 2)).random(probability.shape[1:], np.float32) for seed in seeds]
    return probability > np.stack(drawn)


# ── Notes and files ─────────────────────────────────────────────────────────────────────────────────────────────────


def joined(rolls: Rolls) -> Rolls:
    """Phrases one after the other: [N, time, …] → [N · time, …]."""
    return rolls.reshape(-1, *rolls.shape[2:])


def to_midi(
    roll: Rolls, spec: RollSpec, *, tempo: float = DEFAULT_TEMPO, programs: Sequence[int] | None = None
) -> bytes:
    """A roll [time, pitches, tracks] as a MIDI file.

    Args:
        roll: Of any length.
        spec: Its format.
        tempo: Quarter notes per minute, 20 to 400.
        programs: General MIDI program of each track, counted from 0; None: those of the tracks.

    Raises:
        UserError: the tempo or a program is out of range, or the ``music`` extra is missing.
    """
    if not MIN_TEMPO <= tempo <= MAX_TEMPO:
        raise UserError(f"The tempo is 20 to 400 quarter notes per minute, not {tempo:g}.", code="tempo-range")
    chosen = [track.program for track in spec.tracks] if programs is None else list(programs)
    if len(chosen) != len(spec.tracks) or not all(0 <= program <= 127 for program in chosen):
        raise UserError(
            f"Give {len(spec.tracks)} programs from 0 to 127, one for each of "
            f"{', '.join(track.name for track in spec.tracks)}.",
            code="programs-range",
            params={"count": len(spec.tracks)},
        )
    notes = notes_of(roll, spec)
    tracks = [
        np.array([(n.start, n.length, n.pitch) for n in notes if n.track == index], np.int64).reshape(-1, 3)
        for index in range(len(spec.tracks))
    ]
    return write_midi(tracks, spec, tempo=tempo, programs=chosen)


def given_track(path: str | Path, content: bytes, spec: RollSpec, track: str) -> Rolls:
    """The phrases of the track that a file gives to be accompanied, bool [P, time, pitches].

    The part of the file with the track's name is taken; a file with one part gives that.

    Args:
        path: Its name says its kind: MIDI, MusicXML or ``.npz``.
        content: The file.
        spec: The format of the rolls.
        track: Name of the given track.

    Raises:
        UserError: the file cannot be read, or gives no whole phrase.
    """
    name = Path(path).name
    try:
        piece = read_file(name, content)[0]
        part = _part_for(piece, track)
        alone = spec.model_copy(update={"tracks": tuple(t for t in spec.tracks if t.name == track), "assign": "order"})
        phrases = list(phrases_of(piece._replace(parts=(part,)), alone, Counter()))
    except MusicError as error:
        raise UserError(
            f"{name} cannot be accompanied ({error}); give another file.",
            code="music-unreadable",
            params={"file": name, "reason": str(error)},
        ) from None
    if not phrases:
        raise UserError(
            f"{name} has no {spec.bars} bars of {spec.beats} quarter notes in a row to accompany; give another file.",
            code="music-too-short",
            params={"file": name, "bars": spec.bars, "beats": spec.beats},
        )
    return np.stack([phrase.roll[..., 0] > 0 for phrase in phrases])


def _part_for(piece: Piece, track: str) -> Part:
    parts = [part for part in piece.parts if len(part.notes)]
    named = [part for part in parts if track.casefold() in part.name.casefold()]
    if len(named) == 1 or len(parts) == 1:
        return (named or parts)[0]
    names = ", ".join(part.name or "unnamed" for part in parts)
    raise MusicError(f"it has the parts {names}, and none or several are named {track}")
