"""Agreement between reviewers beyond chance: Cohen's κ for two, Fleiss' κ for more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal, NamedTuple


class PairAgreement(NamedTuple):
    """Two reviewers over the pictures both judged; ``kappa`` is None where it is not defined."""

    a: str
    b: str
    pictures: int
    same: int
    kappa: float | None


class Agreement(NamedTuple):
    """A round's reviewers over the pictures that two or more of them judged.

    ``same`` is the number of pictures with one opinion. ``kappa`` is 1 for perfect agreement and 0 for that of chance;
    None when no picture was judged twice, or when everybody said the same of everything.
    """

    method: Literal["cohen", "fleiss"]
    reviewers: tuple[str, ...]
    pictures: int
    same: int
    kappa: float | None
    pairs: tuple[PairAgreement, ...]
    disputed: tuple[int, ...]


def cohen(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's κ (1960) of two judges' answers, picture by picture: (observed - chance) / (1 - chance)."""
    table = Counter(pairs)
    total = sum(table.values())
    if not total:
        return None
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (a, b), count in table.items():
        first[a] += count
        second[b] += count
    same = sum(count for (a, b), count in table.items() if a == b) / total
    chance = sum(first[answer] * second[answer] for answer in first) / total**2
    return None if chance == 1 else (same - chance) / (1 - chance)


def fleiss(rows: Iterable[Sequence[int]]) -> float | None:
    """Fleiss' κ (1971).

    Args:
        rows: for each picture, how many judges gave each answer. Rows may have different sums (some judges have not
            come so far): each row's agreement then counts by its own pairs, which is Fleiss' formula where sums are
            equal. Rows with fewer than two answers say nothing and are left out.
    """
    usable = [row for row in rows if sum(row) >= 2]
    if not usable:
        return None
    same = sum((sum(n * n for n in row) - sum(row)) / (sum(row) * (sum(row) - 1)) for row in usable) / len(usable)
    total = sum(sum(row) for row in usable)
    chance = sum((sum(column) / total) ** 2 for column in zip(*usable, strict=True))
    return None if chance == 1 else (same - chance) / (1 - chance)


def compare(answers: dict[int, dict[str, str]]) -> Agreement:
    """Agreement over ``answers``: picture → reviewer → "keep" or "drop". Pictures judged once are left out."""
    twice = {picture: said for picture, said in answers.items() if len(said) >= 2}
    reviewers = tuple(sorted({reviewer for said in twice.values() for reviewer in said}))
    pairs = []
    for a, b in combinations(reviewers, 2):
        both = [(said[a], said[b]) for said in twice.values() if a in said and b in said]
        if both:
            pairs.append(PairAgreement(a, b, len(both), sum(x == y for x, y in both), cohen(both)))
    disputed = tuple(sorted(picture for picture, said in twice.items() if len(set(said.values())) > 1))
    if len(reviewers) <= 2:
        kappa = pairs[0].kappa if pairs else None
    else:
        counted = [Counter(said.values()) for said in twice.values()]
        kappa = fleiss([(count["keep"], count["drop"]) for count in counted])
    method: Literal["cohen", "fleiss"] = "cohen" if len(reviewers) <= 2 else "fleiss"
    return Agreement(method, reviewers, len(twice), len(twice) - len(disputed), kappa, tuple(pairs), disputed)
