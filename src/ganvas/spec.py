"""``DataSpec``: how pictures are prepared for a model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Crop = Literal["center", "smart", "stretch", "pad", "face", "face-tight", "face-fixed"]
FACE_CROPS: tuple[Crop, ...] = ("face", "face-tight", "face-fixed")  # a picture without a face cannot be used
Resize = Literal["lanczos", "nearest"]


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour's name or of #rrggbb.

    Raises:
        ValueError: it is neither.
    """
    from PIL import ImageColor  # only where a colour is checked, so that help needs no Pillow

    try:
        red, green, blue, *_ = ImageColor.getrgb(colour)
    except ValueError:
        raise ValueError(f"{colour!r} is no colour: give a name such as white, or #rrggbb") from None
    return red, green, blue


def _checked(colour: str) -> str:
    rgb_of(colour)
    return colour


Colour = Annotated[str, AfterValidator(_checked)]


class DataSpec(BaseModel):
    """How pictures are prepared, in training and again at use; recorded in the run and in the bundle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resolution: int = Field(64, ge=4, le=2048, description="side of the square picture, in pixels")
    channels: Literal[1, 3, 4] = Field(
        3, description="channels of the generated pictures (1 grey, 3 RGB, 4 RGB and opacity)"
    )
    crop: Crop = Field("center", description="how a picture that is not square becomes square")
    resize: Resize = Field("lanczos", description="lanczos, or nearest for pixel art: no pixel is mixed with another")
    background: Colour = Field("white", description="colour under transparent parts and around padded pictures")
    white_level: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="value of white in pictures of more than 8 bits; null: guessed"
    )
    flip: bool = Field(True, description="mirror pictures at random while training")
    classes: tuple[str, ...] = Field((), description="class names in label order; empty when unconditional")
    degradation: str | None = Field(None, description="paired only: what makes the source from the target")
    source_channels: Literal[1, 3, 6] = Field(3, description="paired only: channels of the source picture")
    source_scale: int = Field(1, ge=1, le=8, description="paired only: how many times smaller the source's sides are")
    labels: int = Field(0, ge=0, le=256, description="paired only: sources are maps of so many labels; 0: pictures")
    void_label: int | None = Field(
        None, ge=0, le=255, description="label maps: the number of pixels without a label; null: none"
    )
    palette: tuple[tuple[int, int, int, int], ...] = Field(
        (), description="label maps: their colours as red, green, blue and number; empty: their pixels are numbers"
    )

    @property
    def source_resolution(self) -> int:
        """Side of the square source picture, in pixels."""
        return self.resolution // self.source_scale
