"""Music: piano rolls from random numbers, or the accompaniment of a given track."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.images.decode import Pixels
from ganvas.curate.music.notes import sheet_notes
from ganvas.curate.music.sheet import draw_roll
from ganvas.errors import UserError
from ganvas.models.batches import MusicBatch, MusicRequest, latents, to_float
from ganvas.models.capabilities import Accompanies
from ganvas.models.family import Family
from ganvas.spec import DataSpec, RollSpec
from ganvas.tasks.base import BrowserGraph, Capability, Direction, Input, Page, SampleSheet, Summary, TaskSpec
from ganvas.tasks.pictures import Pictures, grid, targets
from ganvas.tasks.rows import TrainingRows, channels_first


class Music(TaskSpec):
    """z, and a given track where the model accompanies one → piano roll."""

    name = "music"
    batch = MusicBatch
    request = MusicRequest
    makes = "makes music from random numbers"
    usage = "makes music from seeds, so it takes no picture; give it seeds"
    from_seeds = True
    sheet_count = 12
    items = "phrases"
    hub_tag = None

    def check(self, dataset: Dataset, data: DataSpec) -> None:
        """Music is learned from piano rolls."""
        if data.roll is None:
            raise UserError("This recipe learns from piano rolls; give it data.roll, as in musegan-quick.")

    def row(self, rows: TrainingRows, position: int) -> tuple[Any, ...]:
        """The roll, transposed at random where the data say so."""
        roll = rows.target(rows.turn(position))
        if rows.data.transpose:
            roll = transposed(roll, rows.data, rows.rng(position))
        return (np.ascontiguousarray(channels_first(roll)),)

    def example_request(self, family: Family, count: int, *, seed: int = 0) -> MusicRequest:
        """Random latents and a random given track."""
        generator = torch.Generator().manual_seed(seed)
        time, pitches, _ = family.data.shape
        given = (torch.rand(count, 1, time, pitches, generator=generator) < 0.05).float() * 2 - 1
        return MusicRequest(torch.randn(count, family.z_dim, generator=generator), given)

    def request_for(self, family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0) -> MusicRequest:
        """Number *i* is the seed ``seed + i``; the given track is that of roll *i* of the data set."""
        z = torch.from_numpy(latents([seed + index for index in indices], family.z_dim))
        return MusicRequest(z, self._given(family, dataset, indices))

    def _given(self, family: Family, dataset: Dataset, indices: Sequence[int]) -> Tensor:
        track = family.accompanied if isinstance(family, Accompanies) else None
        time, pitches, _ = family.data.shape
        if track is None:
            return torch.full((len(indices), 1, time, pitches), -1.0)
        rolls = targets(dataset, [index % len(dataset) for index in indices])
        return to_float(np.ascontiguousarray(rolls[..., track : track + 1]))

    def sample_sheet(self, family: Family, dataset: Dataset) -> SampleSheet:
        """Phrases of the first seeds, three in a row."""
        answers = self.generate(family, dataset, range(self.sheet_count)).numpy()
        return SampleSheet(roll_sheet(answers, _roll_of(family.data)), answers)

    def sheet_notes(self, answers: Pictures, data: DataSpec) -> bytes | None:
        """The notes of each phrase, by which the studio plays the sheet."""
        return sheet_notes(answers > 127, _roll_of(data), data.performance)

    def lay_out(self, items: Pictures, data: DataSpec, columns: int = 3) -> Pictures:
        """Rolls as drawings."""
        return roll_sheet(items, _roll_of(data), columns=columns)

    def preview(self, family: Family, sources: Pictures | None) -> Pictures:
        """Phrases of the first six seeds, or silence accompanied where the model takes a track; about 2 : 1."""
        time, pitches, _ = family.data.shape
        z = torch.from_numpy(latents(range(6), family.z_dim))
        rolls = family.generate(MusicRequest(z, torch.full((6, 1, time, pitches), -1.0)))
        answers = ((rolls > 0).byte() * 255).permute(0, 2, 3, 1).numpy()
        return roll_sheet(answers, _roll_of(family.data), columns=3)

    def describe(self, data: DataSpec) -> str:
        """Tracks, bars, range, and how the files of the data are played, where that is known."""
        roll = _roll_of(data)
        played = "" if data.performance is None else f"; played at {data.tempo:g} quarter notes per minute"
        names = ", ".join(track.name for track in roll.tracks)
        return (
            f"phrases of {roll.bars} bars of {roll.beats} quarter notes, {roll.beat_steps} time steps each, for "
            f"{names}; {roll.pitches} pitches from MIDI number {roll.lowest}{played}"
        )

    def browser_graphs(self, family: Family) -> tuple[BrowserGraph, ...]:
        """``model``, from z; none where a track is given, since files of music are not read in the browser."""
        if isinstance(family, Accompanies) and family.accompanied is not None:
            return ()
        time, pitches, _ = family.data.shape

        def run(z: Tensor) -> Tensor:
            return family.generate(MusicRequest(z, torch.full((1, 1, time, pitches), -1.0)))

        return (BrowserGraph("model", {"z": (1, family.z_dim)}, run),)

    def page(self, drawing_direction: Direction | None) -> Page:
        """The Music page."""
        return "music"

    def accepts(
        self, data: DataSpec, drawing_direction: Direction | None, capabilities: Sequence[Capability]
    ) -> tuple[Input, ...]:
        """Seeds, and the track to accompany where a model was trained for one."""
        return ("music", "seed") if "accompanies" in capabilities else ("seed",)

    def summary(self, data: DataSpec, config: Mapping[str, Any]) -> Summary:
        """So many bars for so many tracks."""
        roll = _roll_of(data)
        bars, count, track = roll.bars, len(roll.tracks), config.get("accompany")
        if track is not None:
            params: dict[str, int | str] = {"bars": bars, "count": count - 1, "track": str(track)}
            sentence = f"Adds {_tracks(count - 1)} to {bars} bars of {track}"
            return Summary(key="accompaniment", params=params, sentence=sentence)
        sentence = f"Composes {bars} bars of music for {_tracks(count)}"
        return Summary(key="music", params={"bars": bars, "count": count}, sentence=sentence)


def _tracks(count: int) -> str:
    return f"{count} track" + ("" if count == 1 else "s")


def _roll_of(data: DataSpec) -> RollSpec:
    assert data.roll is not None
    return data.roll


def roll_sheet(rolls: Pictures, roll: RollSpec, *, columns: int = 3) -> Pictures:
    """Rolls uint8 [N, time, pitches, tracks], on from 128, as a picture uint8 [H, W, 3]."""
    return grid(np.stack([draw_roll(one > 127, roll) for one in rolls]), columns, gap=6)


def transposed(roll: Pixels, data: DataSpec, rng: np.random.Generator) -> Pixels:
    """A roll uint8 [time, pitches, tracks] up or down by whole semitones at random, as far as its notes stay inside.

    Tracks of drums stay as they are.
    """
    pitched = [index for index, track in enumerate(_roll_of(data).tracks) if not track.drums]
    sounding = np.flatnonzero(roll[:, :, pitched].any((0, 2)))
    if len(sounding) == 0:
        return roll
    least = -min(data.transpose, int(sounding[0]))
    most = min(data.transpose, roll.shape[1] - 1 - int(sounding[-1]))
    moved = roll.copy()
    moved[:, :, pitched] = np.roll(roll[:, :, pitched], int(rng.integers(least, most + 1)), axis=1)
    return moved
