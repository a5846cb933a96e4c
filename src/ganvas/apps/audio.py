"""Audio of MIDI files by FluidSynth, where that and a sound font are installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ganvas.errors import UserError

FONT = "GANVAS_SOUND_FONT"  # environment variable: path of a sound font
FOLDERS = ("/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts", "/opt/homebrew/share/soundfonts")
KINDS = {".wav": "wav", ".ogg": "oga"}  # endings, and what FluidSynth calls the formats
SECONDS = 300  # after which a rendering is given up


def sound_font(chosen: Path | None = None) -> Path:
    """A General MIDI sound font: the chosen one, that of ``GANVAS_SOUND_FONT``, an installed one, or pretty_midi's.

    Raises:
        UserError: there is none.
    """
    named = chosen or (Path(os.environ[FONT]) if os.environ.get(FONT) else None)
    if named is not None:
        if not named.is_file():
            raise UserError(f"There is no sound font {named}; name an .sf2 or .sf3 file.")
        return named
    installed = [font for folder in FOLDERS for font in sorted(Path(folder).glob("*.sf[23]"))]
    package = importlib.util.find_spec("pretty_midi")
    if package is not None and package.origin is not None:
        installed += sorted(Path(package.origin).parent.glob("*.sf2"))
    if not installed:
        raise UserError(
            "There is no sound font on this machine: install one (Debian: apt install timgm6mb-soundfont), or name one "
            f"by --sound-font or {FONT}."
        )
    return installed[0]


def write_audio(midi: bytes, output: Path, font: Path) -> Path:
    """Render a MIDI file, 44.1 kHz stereo.

    Args:
        midi: The file's content.
        output: Ends in .wav or .ogg.
        font: The sound font.

    Raises:
        UserError: FluidSynth is missing or fails.
    """
    program = shutil.which("fluidsynth")
    if program is None:
        raise UserError("Audio needs FluidSynth (Debian: apt install fluidsynth); the MIDI files are complete without.")
    if output.suffix.lower() not in KINDS:
        raise UserError(f"Audio files end in {' or '.join(KINDS)}, not {output.suffix!r}.")
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "piece.mid", Path(folder) / f"piece{output.suffix.lower()}"
        source.write_bytes(midi)
        kind = KINDS[output.suffix.lower()]
        command = [program, "-ni", "-q", "-r", "44100", "-T", kind, "-F", str(made), str(font), str(source)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UserError(f"FluidSynth did not finish ({error}); leave the audio out.") from None
        if done.returncode != 0 or not made.is_file() or made.stat().st_size < 1024:
            said = (done.stderr.strip().splitlines() or ["no reason"])[-1]
            raise UserError(f"FluidSynth could not render with {font.name} ({said}); name another --sound-font.")
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, output)
    return output
