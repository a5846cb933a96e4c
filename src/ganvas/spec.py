"""``DataSpec``: how pictures are prepared for a model."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Crop = Literal["center", "smart", "stretch", "face", "face-fixed"]


class DataSpec(BaseModel):
    """How pictures are prepared, in training and again at use; recorded in the run and in the bundle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resolution: int = Field(64, ge=4, le=2048, description="side of the square picture, in pixels")
    channels: Literal[1, 3] = Field(3, description="channels of the generated pictures (1 grey, 3 RGB)")
    crop: Crop = Field("center", description="how a picture that is not square becomes square")
    flip: bool = Field(True, description="mirror pictures at random while training")
    classes: tuple[str, ...] = Field((), description="class names in label order; empty when unconditional")
    degradation: str | None = Field(None, description="paired only: what makes the source from the target")
    source_channels: Literal[1, 3, 6] = Field(3, description="paired only: channels of the source picture")
    source_scale: int = Field(1, ge=1, le=8, description="paired only: how many times smaller the source's sides are")
    labels: int = Field(0, ge=0, le=256, description="paired only: sources are maps of so many labels; 0: pictures")

    @property
    def source_resolution(self) -> int:
        """Side of the square source picture, in pixels."""
        return self.resolution // self.source_scale
