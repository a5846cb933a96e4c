"""Drawn faces under CC0, made offline: each a function of the seed and its number."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganvas.errors import UserError
from ganvas.files import write_atomically

# Every style here is under CC0 1.0; others of the same package are not, and what is trained on them is not free.
STYLES = ("lorelei", "open-peeps", "notionists")
CREDITS = "CREDITS.txt"

# Grounds and hair are chosen to differ in hue and lightness: a model that learns them shows at a glance.
_GROUNDS = (
    "f6c453",
    "f28b66",
    "e56b8c",
    "b48ead",
    "7d9de0",
    "63b7d6",
    "5fc2a4",
    "9ccc65",
    "d9c7a3",
    "f2d4dd",
    "c9dff2",
)
_HAIR = ("2c1b18", "4a312c", "724133", "a55728", "d6b370", "c93305", "3b3b4f", "8d8d93", "5b3a8c", "1f4e5f")
_SKIN = ("ffe3cf", "ffdbb4", "edb98a", "d08b5b", "ae5d29", "8a5a3c")


def draw_avatars(
    output: Path,
    count: int,
    *,
    size: int = 128,
    seed: int = 0,
    style: str = "lorelei",
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Draw ``count`` faces into a folder as ``000000.png …``, with a credits file. Pictures that are there stay.

    Args:
        size: side of a picture, in pixels.
        seed: another seed draws other faces.
        progress: called with (done, total).

    Returns:
        how many pictures were drawn now.

    Raises:
        UserError: a setting is wrong, the extra is not installed, or the folder cannot be written or holds avatars of
            another size, seed or style.
    """
    if style not in STYLES:
        raise UserError(f"There is no avatar style {style!r}; choose one of {', '.join(STYLES)}.")
    if count < 1 or not 16 <= size <= 1024:
        raise UserError("Avatars need a count of at least 1 and a size from 16 to 1024 pixels.")
    output = Path(output).expanduser()
    try:
        artist = _Artist(style, size, seed)
        _remember(output, artist)
        missing = [number for number in range(count) if not (output / _name(number)).exists()]
        done = count - len(missing)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for _ in pool.map(lambda number: write_atomically(output / _name(number), artist.draw(number)), missing):
                done += 1
                if progress is not None:
                    progress(done, count)
    except OSError as error:
        raise UserError(f"{output} cannot be written ({error.strerror}); name another folder.") from None
    return len(missing)


def _name(number: int) -> str:
    return f"{number:06d}.png"


def _remember(output: Path, artist: _Artist) -> None:
    """Write the credits, or refuse to mix these avatars with others."""
    file = output / CREDITS
    if file.exists():
        if file.read_text(encoding="utf-8") != artist.credits():
            raise UserError(f"{output} holds avatars of another size, seed or style; name another folder.")
    else:
        write_atomically(file, artist.credits())


class _Artist:
    """Draws the faces of one style, size and seed. May be used from several threads."""

    def __init__(self, style: str, size: int, seed: int) -> None:
        try:
            import resvg_py
            from dicebear import Avatar, Style
        except ImportError:
            raise UserError("Drawing avatars needs the extra: pip install 'ganvas[sample]'.") from None
        definition = json.loads(files("dicebear_styles").joinpath(f"{style}.json").read_text("utf-8"))
        self.name, self.size, self.seed = style, size, seed
        self.licence: dict[str, str] = definition["meta"]["license"]
        self.colours: set[str] = set(definition["colors"])
        if self.licence["name"] != "CC0 1.0":
            raise UserError(f"The installed style {style} is no longer under CC0; choose one of {', '.join(STYLES)}.")
        self._avatar: Any = Avatar
        self._style: Any = Style(definition)
        self._render: Any = resvg_py.svg_to_bytes

    def credits(self) -> str:
        """The text of the credits file: style, size, seed, licence and source."""
        return (
            f"Avatars in the style {self.name!r}, {self.size} pixels, seed {self.seed}.\n"
            f"Licence: CC0 1.0 Universal (public domain dedication), {self.licence['url']}\n"
            f"{self.licence['text']}\n"
            "Drawn with DiceBear (https://www.dicebear.com).\n"
        )

    def draw(self, number: int) -> bytes:
        """The face of this number, as the bytes of an RGB PNG file."""
        rng = np.random.default_rng((self.seed, number))
        ground, hair, skin = (str(rng.choice(colours)) for colours in (_GROUNDS, _HAIR, _SKIN))
        options: dict[str, Any] = {"seed": f"{self.seed}/{number}", "size": self.size, "backgroundColor": [ground]}
        for colour, chosen in (("hair", hair), ("skin", skin), ("headContrast", hair), ("paper", skin)):
            if colour in self.colours:
                options[f"{colour}Color"] = [chosen]
        svg = self._avatar(self._style, options).to_string()
        rendered = self._render(svg_string=svg, skip_system_fonts=True)
        content = io.BytesIO()
        with Image.open(io.BytesIO(bytes(rendered)), formats=("PNG",)) as image:
            image.convert("RGB").save(content, "PNG")
        return content.getvalue()
