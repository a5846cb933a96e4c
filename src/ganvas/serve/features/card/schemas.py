"""What the routes of cards take and return."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from ganvas.apps.card.findings import Finding
from ganvas.apps.card.geometry import Orientation
from ganvas.apps.card.profiles import BankProfile, PrintProfile
from ganvas.apps.card.templates import Colour, ColourName, PictureFrame, TextBox

Box = tuple[float, float, float, float]


class CardTemplate(BaseModel):
    """A template: what it draws, and where picture and texts are."""

    name: str
    orientation: Orientation
    title: dict[Literal["en", "ko"], str]
    colours: dict[ColourName, Colour]
    picture: PictureFrame
    texts: list[TextBox]
    front: str = Field(description="SVG below the picture, in mm, with colours as {{ground}}")
    front_over: str | None = Field(description="SVG above the picture; null: none")
    back: str = Field(description="SVG of the back")


class CardFont(BaseModel):
    """A font of the texts."""

    name: str
    family: str
    url: str


class CardZones(BaseModel):
    """A card in one orientation, in mm: x, y, width and height from its upper left corner."""

    trim: Box = Field(description="the finished card")
    artwork: Box = Field(description="what templates draw, with bleed")
    chip: Box = Field(description="zone of the chip on the front")
    stripe: Box = Field(description="zone of the magnetic stripe on the back")


class CardKit(BaseModel):
    """All that a page needs to lay a card out."""

    corner: float = Field(description="radius of the card's corners, in mm")
    landscape: CardZones
    portrait: CardZones
    templates: list[CardTemplate]
    fonts: list[CardFont]
    shops: list[PrintProfile]
    banks: list[BankProfile]
    sheets: list[str] = Field(description="sizes of paper for several cards")


class CartoonAnswer(BaseModel):
    """A drawn photograph."""

    picture: str = Field(description="data URL of a PNG, transparent where nothing is drawn")
    width: int
    height: int
    face: Box = Field(description="where the face is: x0, y0, x1, y1 in parts of width and height")
    colours: list[Colour] = Field(description="colours that cover most of the photograph")
    findings: list[Finding] = Field(description="what the pre-check of the content found")
    milliseconds: float


class CardCheck(BaseModel):
    """What the checks found."""

    findings: list[Finding]
