"""The Music page, used by a real browser with a real bundle: a piece is seen, heard, and saved."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from support.accessibility import violations
from support.music import midi_file, roll_spec
from support.serving import make_run

from ganvas.bundle import read_bundle, write_bundle
from ganvas.curate.music.notes import sheet_notes
from ganvas.inference.music import MusicOptions, compose, notes_of
from ganvas.inference.session import TorchSession
from ganvas.models.families.musegan import MuseGAN, MuseGANConfig
from ganvas.spec import DataSpec

if TYPE_CHECKING:
    from conftest import Studio, Visit

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
mido = pytest.importorskip("mido")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What the page gives to the loudspeakers, measured beside them.
LISTENER = """
window.heard = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode && this.context instanceof AudioContext) {
    const analyser = new AnalyserNode(this.context, { fftSize: 2048 });
    connect.call(this, analyser);
    window.heard.push(analyser);
  }
  return connect.call(this, target, ...rest);
};
window.loudness = () => {
  const analyser = window.heard.at(-1);
  const samples = new Float32Array(2048);
  analyser.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
};
"""


@pytest.fixture(scope="module")
def notes(studio: Studio) -> list[tuple[int, int, int, int]]:
    """An untrained model of two tracks, and its notes of seed 5: (track, pitch, start, length)."""
    torch.manual_seed(0)
    spec = roll_spec()
    config = MuseGANConfig(z_dim=8, width=2, variant="shared_trunk")  # type: ignore[call-arg]
    family = MuseGAN(config, DataSpec(roll=spec), 1.0)  # type: ignore[call-arg]
    with torch.no_grad():
        for parameter in family.parameters():
            if parameter.ndim > 1:
                parameter.mul_(4.0)
    family.measure_standing_statistics()
    folder = studio.root / "bundles" / "duo"
    write_bundle(folder, family.eval(), name="Duo", kimg=1, onnx=False)
    info = read_bundle(folder).info
    roll = compose(TorchSession(family), info.z_dim, info.data, [5], MusicOptions())[0]
    return [tuple(note) for note in notes_of(roll, spec)]  # type: ignore[misc]


def read_back(content: bytes) -> list[tuple[int, int, int, int]]:
    """Notes of a MIDI file by ``mido``: (track, pitch, start, length) in steps of a sixteenth."""
    song = mido.MidiFile(file=io.BytesIO(content))
    step, found = song.ticks_per_beat // 4, []
    for index, track in enumerate(song.tracks[1:]):
        now, begun = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on":
                begun[message.note] = now
            elif message.type == "note_off":
                start = begun.pop(message.note)
                found.append((index, message.note, start // step, (now - start) // step))
        assert not begun
    return sorted(found, key=lambda note: (note[2], note[0], note[1]))


def test_a_piece_is_played_a_track_muted_and_the_notes_saved(
    visit: Visit, notes: list[tuple[int, int, int, int]]
) -> None:
    assert {note[0] for note in notes} == {0, 1}, "both tracks have notes"
    page = visit.open("/")
    page.add_init_script(LISTENER)
    page.reload()
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Duo"))
    expect(card).to_contain_text("musegan")
    expect(card).not_to_contain_text("px")
    card.get_by_role("link", name="Music").click()
    expect(page).to_have_url(re.compile("/music/duo$"))
    page.get_by_role("textbox", name="Seed").fill("5")
    page.keyboard.press("Enter")
    roll = page.get_by_role("img", name=f"Piano roll with {len(notes)} notes in 2 tracks")
    expect(roll).to_be_visible()

    page.get_by_text("Loop").click()
    line = "() => Number(document.querySelector('[data-line]').dataset.line)"
    assert page.evaluate(line) == 0
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.heard.length && window.loudness() > 0.001")
    page.wait_for_function(f"() => ({line})() > 2")
    clock = "window.heard.at(-1).context.currentTime"
    before = page.evaluate(clock)
    page.wait_for_function(f"before => {clock} > before + 0.1", arg=before)

    page.get_by_role("button", name="Mute high").click()
    expect(page.get_by_role("button", name="Mute high")).to_have_attribute("aria-pressed", "true")
    assert roll.locator("[data-muted]").count() == 1
    page.get_by_role("button", name="Mute low").click()
    page.wait_for_function("() => window.loudness() < 0.0005")
    page.get_by_role("button", name="Solo low").click()
    page.wait_for_function("() => window.loudness() > 0.001")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()

    with page.expect_download() as saved:
        page.get_by_role("button", name="Save MIDI").click()
    assert saved.value.suggested_filename == "duo-Seed-5.mid"
    content = Path(saved.value.path()).read_bytes()
    assert read_back(content) == notes
    song = mido.MidiFile(file=io.BytesIO(content))
    assert [track.name for track in song.tracks[1:]] == ["high", "low"]
    assert [message.program for track in song.tracks for message in track if message.type == "program_change"] == [
        40,
        42,
    ]
    page.get_by_text(f"Notes as text ({len(notes)})").click()
    assert page.locator("details li").count() == len(notes)


def test_a_longer_piece_is_kept_and_compared_and_saved_as_sound(
    visit: Visit, notes: list[tuple[int, int, int, int]]
) -> None:
    import wave

    page = visit.open("/music", width=390, height=844)
    expect(page.get_by_text("Bar 1 of 2")).to_be_visible()
    page.get_by_role("button", name="Keep").click()
    page.get_by_text("Move to another seed").click()
    expect(page.get_by_text("Bar 1 of 8")).to_be_visible()
    page.get_by_text("Notes as text").click()
    assert violations(page) == []
    page.get_by_role("button", name="Seed 0", exact=True).click()
    expect(page.get_by_text("Bar 1 of 2")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save WAV").click()
    with wave.open(str(saved.value.path())) as sound:
        assert sound.getframerate() == 44_100
        # Two bars of two beats at 100 quarter notes per minute, and a second for the last notes to fade.
        assert sound.getnframes() == pytest.approx(44_100 * (4 * 0.6 + 1), abs=1)
        assert any(sound.readframes(44_100))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_samples_of_a_training_are_played_and_saved(visit: Visit) -> None:
    spec = roll_spec()
    rolls = np.zeros((2, spec.steps, spec.pitches, 2), np.bool_)
    rolls[0, :4, 12, 0] = rolls[1, 4:8, 14, 1] = True
    run = make_run(visit.studio.root / "runs" / "sung")
    (run.sheets / "000002000.json").write_bytes(sheet_notes(rolls, spec))
    page = visit.open("/runs/sung", width=390, height=844)
    page.add_init_script(LISTENER)
    page.reload()
    player = page.get_by_role("region", name="Listen to the samples")
    player.get_by_role("button", name="Phrase").click()
    page.get_by_role("option", name="Phrase 2").click()
    expect(player.get_by_role("img", name="Piano roll with 1 notes in 1 tracks")).to_be_visible()
    player.get_by_text("Loop").click()
    player.get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.heard.length && window.loudness() > 0.001")
    player.get_by_role("button", name="Pause").click()
    with page.expect_download() as saved:
        player.get_by_role("button", name="Save MIDI").click()
    assert saved.value.suggested_filename == "sung-2000-Phrase-2.mid"
    assert read_back(Path(saved.value.path()).read_bytes()) == [(1, spec.lowest + 14, 4, 4)]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_given_track_is_accompanied(visit: Visit) -> None:
    config = MuseGANConfig(z_dim=8, width=2, variant="shared_trunk", accompany="low")  # type: ignore[call-arg]
    family = MuseGAN(config, DataSpec(roll=roll_spec()), 1.0)  # type: ignore[call-arg]
    write_bundle(visit.studio.root / "bundles" / "with-bass", family.eval(), name="With bass", kimg=1, onnx=False)
    page = visit.open("/music/with-bass")
    expect(page.get_by_text("to accompany its track low")).to_be_visible()
    tune = midi_file([[(beat, 1, 40 + beat) for beat in range(8)]], names=("low",), numerator=2)
    chosen = {"name": "tune.mid", "mimeType": "audio/midi", "buffer": tune}
    page.locator("input[type=file]").set_input_files([chosen])
    expect(page.get_by_text("Accompanies the track low of tune.mid")).to_be_visible()
    expect(page.get_by_text("Bar 1 of 4")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save MIDI").click()
    found = read_back(Path(saved.value.path()).read_bytes())
    assert [note[1:] for note in found if note[0] == 1] == [(40 + beat, 4 * beat, 4) for beat in range(8)]
