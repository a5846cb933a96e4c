"""What decoding changed or guessed in a picture, as codes that are counted over a set and told as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

EXAMPLES = 3  # names that are kept for each remark


class Remark(StrEnum):
    """Something that decoding changed or guessed; the values are stored in manifests."""

    PROFILE = "profile"
    PROFILE_UNUSABLE = "profile-unusable"
    CMYK_GUESSED = "cmyk-guessed"
    DEEP = "deep"
    COARSE = "coarse"
    CLIPPED = "clipped"
    REDUCED = "reduced"
    TRANSPARENT = "transparent"
    FEW_COLOURS = "few-colours"
    GREY = "grey"
    FIRST_FRAME = "first-frame"


_SAID = {
    Remark.PROFILE: "Converted to sRGB by the colour profiles of the files",
    Remark.PROFILE_UNUSABLE: "Taken as sRGB, since their colour profiles cannot be used",
    Remark.CMYK_GUESSED: "CMYK without a colour profile, so that their colours are approximate",
    Remark.DEEP: "Brought to 8 bits by a white level of {value}, guessed from their values (data.white_level sets it)",
    Remark.COARSE: "Read by the upper 8 of their 16 bits only, which leaves steps in them (pip install 'ganvas[faces]' "
    "reads all)",
    Remark.CLIPPED: "With values above the white level, which are white now",
    Remark.REDUCED: "Decoded at half of their sides for their many pixels",
    Remark.TRANSPARENT: "With transparent parts, which are {value} now (data.background sets the colour)",
    Remark.FEW_COLOURS: "Small, of few colours, and enlarged by mixing these: data.resize=nearest (--resize nearest) "
    "keeps the pixels of pixel art, and data.crop=pad (--crop pad) its borders",
    Remark.FIRST_FRAME: "Of several frames or pages, the first was taken",
    Remark.GREY: "Grey, and stored as three equal channels: data.channels=1 (--channels 1) trains on one",
}


class RemarkCount(BaseModel):
    """How many pictures of a set a remark is about, and the names of the first."""

    model_config = ConfigDict(frozen=True)

    count: int
    examples: tuple[str, ...] = ()
    value: str | None = None  # what was guessed


def count_remarks(
    found: Iterable[tuple[str, Iterable[Remark]]], values: Mapping[Remark, str]
) -> dict[str, RemarkCount]:
    """Counts of the remarks on pictures, in the order of :class:`Remark`.

    Args:
        found: the name of each picture with the remarks on it.
        values: what was guessed, for the remarks that say so.
    """
    counts: dict[Remark, int] = {}
    names: dict[Remark, list[str]] = {}
    for name, remarks in found:
        for remark in remarks:
            counts[remark] = counts.get(remark, 0) + 1
            if len(names.setdefault(remark, [])) < EXAMPLES:
                names[remark].append(name)
    return {
        one.value: RemarkCount(count=counts[one], examples=tuple(names[one]), value=values.get(one))
        for one in Remark
        if one in counts
    }


def sentences(remarks: Mapping[str, RemarkCount]) -> list[str]:
    """The remarks on a set as sentences with counts and names, for the user."""
    return [
        f"{_SAID[one].format(value=remarks[one].value)}: {_counted(remarks[one])}." for one in Remark if one in remarks
    ]


def _counted(found: RemarkCount) -> str:
    more = ", …" if found.count > len(found.examples) else ""
    return f"{found.count:,} picture{'' if found.count == 1 else 's'} ({', '.join(found.examples)}{more})"
