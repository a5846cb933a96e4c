"""Orders licences by how strict they are, from their names and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ganvas.bundle import Credit

# From the freest to the strictest; a text that matches several is as strict as the strictest of them.
_TERMS: tuple[tuple[str, str], ...] = (
    ("public domain", r"\bcc0\b|public domain|\bpdm\b|\bunlicense\b"),
    ("attribution", r"\bmit\b|\bbsd\b|\bapache\b|cc[ -]by\b|creative commons attribution|\bkogl type 1\b"),
    ("share alike", r"by-sa|share ?alike|\bl?gpl\b|\bodbl\b"),
    ("no derivatives", r"by(-nc)?-nd|no ?deriv"),
    ("non-commercial", r"by-nc|non-?commercial|research (use )?only|academic use"),
)
UNSTATED = "not stated"


class Terms(NamedTuple):
    """The terms of one credit.

    Attributes:
        strictness: Its place among all terms; larger is stricter, and what states nothing is the strictest.
        words: The terms in words.
        name: Whose pictures or weights they are the terms of.
    """

    strictness: int
    words: str
    name: str


def terms_of(credit: Credit) -> Terms:
    """The terms that a credit states in its licence and text."""
    text = f"{credit.licence or ''} {credit.text}".lower()
    found = [place for place, (_, pattern) in enumerate(_TERMS) if re.search(pattern, text)]
    place = max(found, default=len(_TERMS))
    return Terms(place, _TERMS[place][0] if found else UNSTATED, credit.name)


def strictest(credits_: Iterable[Credit]) -> Terms | None:
    """The strictest terms among credits of pictures; None where there are no credits.

    Args:
        credits_: Whom to credit. What only names a model's weights has no terms of its own: the pictures behind it
            have.
    """
    return max((terms_of(credit) for credit in credits_ if not credit.name.startswith("weights of ")), default=None)
