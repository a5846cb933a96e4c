"""What checks of a card find: a code, a level, and a plain sentence."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

Level = Literal["error", "warning", "info"]
Value = str | float | int

SENTENCES: dict[str, str] = {
    # Print
    "picture-resolution": "The picture has {ppi} pixels per inch at this size; print needs {least}: make it smaller on "
    "the card, or translate it with more detail.",
    "picture-floats": "The lower edge of the picture lies {mm} mm above that of its frame, so that its cut edge shows; "
    "move it down or enlarge it.",
    "face-under-chip": "{percent} % of the face lies under the chip; move the picture.",
    "face-unknown": "It is not known where the face is in this picture; look yourself that the chip does not cover it.",
    "text-contrast": "“{text}” is hard to read on its ground (contrast {ratio}, {least} is needed); choose other "
    "colours, or move the picture away from it.",
    "text-outside-safe": "“{text}” comes within {mm} mm of the cut, and the safe area begins at {safe} mm; shorten it.",
    "text-too-small": "“{text}” is set in {size} points, and letters below {least} fill up in print; shorten it.",
    "text-under-chip": "“{text}” lies under the chip; leave it out, or choose another template.",
    "text-under-stripe": "“{text}” lies under the magnetic stripe; leave it out, or choose another template.",
    "ink-above-limit": "{percent} % of the {side} would take more ink than {limit} % (up to {most} %); colour is "
    "reduced there when the file is written.",
    "ink-not-measured": "The ink cannot be measured without the ICC profile of the print shop; the file would be in "
    "RGB, and the shop would convert it.",
    # Banks
    "bank-text": "There is text on the front ({count}); most banks print the name themselves and refuse other text.",
    "bank-light-ground": "The front is light (luminance {luminance} of 1), and {bank} refuses light grounds; choose "
    "darker colours.",
    # Content
    "text-in-picture": "Something in the photograph is arranged like letters; writing and logos are refused by most "
    "banks: look at it, and crop it away.",
    "copy-of-training-picture": "The drawing is nearly the same as one of the {count} pictures that the model learned "
    "from ({bits} of 64 bits differ); take another photograph or another model.",
    "not-compared": "The drawing was not compared with the pictures that the model learned from, which are not on this "
    "machine.",
    "age-not-checked": "The age of the person was not checked: nothing here can. Cards of children need their parents' "
    "consent.",
}


class Finding(BaseModel):
    """One thing that a check found."""

    code: str
    level: Level
    sentence: str
    params: dict[str, Value]


def finding(code: str, level: Level, **params: Value) -> Finding:
    """A finding with its sentence."""
    return Finding(code=code, level=level, sentence=SENTENCES[code].format(**params), params=params)
