"""Audio of MIDI files."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import pytest
from support.music import midi_file

from ganvas.apps import audio
from ganvas.apps.audio import sound_font, write_audio
from ganvas.errors import UserError


def test_a_midi_file_becomes_a_wave_of_its_length(tmp_path: Path) -> None:
    if shutil.which("fluidsynth") is None:
        pytest.skip("FluidSynth is not installed")
    made = write_audio(midi_file([[(0, 2, 60)]]), tmp_path / "a.wav", sound_font())
    with wave.open(str(made)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 44100)
        assert file.getnframes() > 44100
        assert any(file.readframes(4410))


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="no sound font"):
        sound_font(tmp_path / "absent.sf2")
    font = tmp_path / "own.sf2"
    font.touch()
    monkeypatch.setenv(audio.FONT, str(font))
    assert sound_font() == font
    monkeypatch.setattr(audio.shutil, "which", lambda _: None)
    with pytest.raises(UserError, match="needs FluidSynth"):
        write_audio(b"", tmp_path / "a.wav", font)
    monkeypatch.setattr(audio.shutil, "which", lambda _: "fluidsynth")
    with pytest.raises(UserError, match=r"end in \.wav or \.ogg"):
        write_audio(b"", tmp_path / "a.mp3", font)
