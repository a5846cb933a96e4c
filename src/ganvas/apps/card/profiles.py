"""What print shops and banks take, as data: ``profiles/print/*.yaml``, ``profiles/bank/*.yaml``, or one's own files.

Shops differ, so nothing here is a constant. Sizes are those of a card in landscape; a card in portrait is turned.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.apps.card.geometry import BLEED, LONG, SHORT, Orientation, Rect, trim
from ganvas.errors import UserError

FOLDER = Path(__file__).parent / "profiles"
MOST_BYTES = 100_000  # of a profile of one's own


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PrintProfile(_Frozen):
    """What a print shop takes."""

    name: str
    title: str
    about: str = ""
    width: float = Field(ge=LONG, le=LONG + 2 * BLEED, description="of the file with its bleed, in mm")
    height: float = Field(ge=SHORT, le=SHORT + 2 * BLEED, description="of the file with its bleed, in mm")
    safe: float = Field(ge=0, le=20, description="mm from the cut that texts keep")
    ink: float = Field(ge=100, le=400, description="most ink in one place, in per cent of one ink")
    ppi: int = Field(default=600, ge=150, le=1200, description="pixels per inch of the artwork")

    def page(self, orientation: Orientation) -> Rect:
        """The page in mm of the card: the finished card and its bleed."""
        card = trim(orientation)
        across, down = (self.width - LONG) / 2, (self.height - SHORT) / 2
        x, y = (across, down) if orientation == "landscape" else (down, across)
        return Rect(-x, -y, card.width + 2 * x, card.height + 2 * y)

    def safe_area(self, orientation: Orientation) -> Rect:
        """Where texts may be."""
        return trim(orientation).inset(self.safe)


class BankProfile(_Frozen):
    """What a bank takes as an upload."""

    name: str
    title: str
    about: str = ""
    width: int = Field(ge=100, le=8000, description="least pixels across, of a card in landscape")
    height: int = Field(ge=100, le=8000, description="least pixels down")
    megabytes: float = Field(gt=0, le=100, description="largest file")
    dark_ground: bool = Field(default=False, description="a white or light ground is refused")

    def size(self, orientation: Orientation) -> tuple[int, int]:
        """Pixels across and down: the shape of the card, at least as large as the bank demands."""
        ppmm = max(self.width / LONG, self.height / SHORT)
        long, short = -int(-LONG * ppmm // 1), -int(-SHORT * ppmm // 1)
        return (long, short) if orientation == "landscape" else (short, long)


P = TypeVar("P", PrintProfile, BankProfile)


def print_profiles() -> list[PrintProfile]:
    """The print shops that ship with the package; the general one first."""
    return _shipped("print", PrintProfile)


def bank_profiles() -> list[BankProfile]:
    """The banks that ship with the package; the general one first."""
    return _shipped("bank", BankProfile)


def print_profile(name: str) -> PrintProfile:
    """A print shop by name, or from a YAML file.

    Raises:
        UserError: There is none, or the file is none.
    """
    return _named(name, print_profiles(), PrintProfile)


def bank_profile(name: str) -> BankProfile:
    """A bank by name, or from a YAML file.

    Raises:
        UserError: There is none, or the file is none.
    """
    return _named(name, bank_profiles(), BankProfile)


@cache
def _shipped(folder: str, kind: type[P]) -> list[P]:
    found = [_read(path, kind) for path in sorted((FOLDER / folder).glob("*.yaml"))]
    return sorted(found, key=lambda profile: profile.name != "default")


def _named(name: str, shipped: list[P], kind: type[P]) -> P:
    by_name = {profile.name: profile for profile in shipped}
    if name in by_name:
        return by_name[name]
    path = Path(name)
    if path.suffix.lower() in (".yaml", ".yml") and path.is_file():
        return _read(path, kind)
    raise UserError(
        f"There is no profile {name!r}; choose one of {', '.join(by_name)}.",
        code="card-profile",
        params={"profile": name, "profiles": ", ".join(by_name)},
    )


def _read(path: Path, kind: type[P]) -> P:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} is too large for a profile; give a YAML file of a few lines.")
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return kind.model_validate({"name": path.stem, **(content if isinstance(content, dict) else {})})
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise UserError(f"{path} is no YAML; docs/card.md shows a profile.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise UserError(f"{path} is no profile ({place}: {first['msg']}); docs/card.md shows one.") from None
