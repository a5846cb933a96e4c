"""The fonts of cards: free Korean and Latin fonts that are embedded in what is written.

``sans`` and ``sans-bold`` are cut from Pretendard, ``serif-bold`` from Gowun Batang, both under the SIL Open Font
License (``fonts/OFL-*.txt``). They have Latin with accents and the 2,350 syllables of KS X 1001;
``tools/card_fonts.py`` makes them. A font file of one's own takes the place of all three.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from PIL import ImageFont

from ganvas.errors import UserError

FOLDER = Path(__file__).parent / "fonts"

FontName = Literal["sans", "sans-bold", "serif-bold"]
FONT_NAMES: tuple[FontName, ...] = get_args(FontName)

ASCENT, DESCENT = 0.78, 0.20  # of the size: how far letters reach above and below their foot

_EM = 1000


class Font:
    """A TrueType font.

    Args:
        path: Its file.

    Raises:
        UserError: It is no TrueType font.
    """

    def __init__(self, path: Path) -> None:
        from reportlab.pdfbase.ttfonts import TTFError, TTFontFile

        self.path = path
        try:
            self._face: Any = TTFontFile(str(path))
            self._metrics = ImageFont.truetype(str(path), _EM, layout_engine=ImageFont.Layout.BASIC)
        except (TTFError, OSError):
            raise UserError(
                f"{path.name} cannot be used as a font; give a TrueType font (.ttf) whose outlines are not CFF."
            ) from None

    @property
    def family(self) -> str:
        """The name under which other programs find the font."""
        return str(self._metrics.getname()[0])

    def missing(self, text: str) -> str:
        """The characters of a text that the font does not have, each once."""
        return "".join(dict.fromkeys(one for one in text if ord(one) not in self._face.charToGlyph))

    def width(self, text: str, tracking: float = 0) -> float:
        """Width of a text in parts of its size, without the space behind its last letter."""
        advance = sum(self._metrics.getlength(letter) for letter in text) / _EM
        return float(advance + tracking * max(len(text) - 1, 0))


@cache
def shipped(name: FontName) -> Font:
    """A font that ships with the package."""
    return Font(FOLDER / f"{name}.ttf")


@cache
def own_font(path: Path) -> Font:
    """A font of the user.

    Raises:
        UserError: It cannot be used.
    """
    if not path.is_file():
        raise UserError(f"There is no font {path}; give a TrueType file (.ttf).")
    return Font(path)
