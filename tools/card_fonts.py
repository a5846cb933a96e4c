"""Makes the fonts of the cards: free Korean and Latin fonts, cut to what names and greetings need.

The fonts come from two packages of npm, both under the SIL Open Font License 1.1::

    npm pack pretendard@1.3.9 @expo-google-fonts/gowun-batang@0.4.1
    python tools/card_fonts.py pretendard-1.3.9.tgz expo-google-fonts-gowun-batang-0.4.1.tgz

They keep the 2,350 syllables of KS X 1001, which nearly all Korean names are written with, and Latin with accents.
"Pretendard" is a reserved font name, so that the cut font has a name of its own.
"""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parents[1] / "src" / "ganvas" / "apps" / "card" / "fonts"
# Part of the file's path in its package → file and family name of the cut font.
FONTS = {
    "alternative/Pretendard-Medium.ttf": ("sans.ttf", "Ganvas Card Sans"),
    "alternative/Pretendard-ExtraBold.ttf": ("sans-bold.ttf", "Ganvas Card Sans Bold"),
    "GowunBatang_700Bold.ttf": ("serif-bold.ttf", "Ganvas Card Serif"),
}
LICENCES = {"dist/LICENSE.txt": "OFL-sans.txt", "LICENSE_FONT": "OFL-serif.txt"}
SYMBOLS = "–—‘’“”•…€₩™·♥★☆°"


def characters() -> set[int]:
    """Latin with accents, some symbols, jamo and the syllables of KS X 1001."""
    hangul = {code for code in range(0xAC00, 0xD7A4) if _in_ks_x_1001(chr(code))}
    assert len(hangul) == 2350
    return {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x3131, 0x3164), *map(ord, SYMBOLS)} | hangul


def _in_ks_x_1001(syllable: str) -> bool:
    try:
        return len(syllable.encode("euc_kr")) == 2  # the others are written with eight bytes
    except UnicodeEncodeError:
        return False


def cut(content: bytes, family: str) -> bytes:
    """A font with these characters only, under a name of its own."""
    font = TTFont(io.BytesIO(content))
    options = Options()
    options.hinting, options.layout_features, options.name_IDs = False, [], [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline, options.drop_tables = True, [*Options().drop_tables, "GPOS", "GSUB", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    names = {1: family, 2: "Regular", 3: f"{family} 1.0", 4: family, 6: family.replace(" ", "")}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["name"].names = [one for one in font["name"].names if one.platformID == 3 and one.langID == 0x409]
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def main(packages: list[str]) -> None:
    """Write the fonts and their licences."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for package in packages:
        with tarfile.open(package) as archive:
            for member in archive.getmembers():
                file = archive.extractfile(member) if member.isfile() else None
                if file is None:
                    continue
                for ending, (name, family) in FONTS.items():
                    if member.name.endswith(ending):
                        (FOLDER / name).write_bytes(cut(file.read(), family))
                for ending, name in LICENCES.items():
                    is_font_licence = ending == "LICENSE_FONT" and "pretendard" not in package
                    if member.name.endswith(ending) and (is_font_licence or ending != "LICENSE_FONT"):
                        (FOLDER / name).write_bytes(archive.extractfile(member).read())  # type: ignore[union-attr]


if __name__ == "__main__":
    main(sys.argv[1:])
