"""Settings of StyleGAN2, with the configurations of the paper's code."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from ganvas.models.augment import PIPES, POLICY
from ganvas.models.family import FamilyConfig
from ganvas.models.networks.stylegan2 import Architecture

FULL = 32768  # channels × resolution of the full-size networks

# Settings of the configurations of the paper's code that differ from the defaults.
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "auto": {},
    "stylegan2": {"mapping_layers": 8, "base": FULL, "lr": 0.002, "r1": 10.0},
    "paper256": {"mapping_layers": 8, "base": FULL // 2, "group": 8, "r1": 1.0},
    "paper512": {"mapping_layers": 8, "base": FULL, "group": 8, "r1": 0.5},
    "paper1024": {"mapping_layers": 8, "base": FULL, "lr": 0.002, "r1": 2.0},
    "cifar": {
        "base": FULL,
        "group": 32,
        "r1": 0.01,
        "path_length": 0.0,
        "style_mixing": 0.0,
        "d_architecture": "original",
    },
}


class StyleGAN2Config(FamilyConfig):
    """Settings of ``stylegan2``. ``configuration`` sets the defaults of the others."""

    configuration: Literal["auto", "stylegan2", "paper256", "paper512", "paper1024", "cifar"] = Field(
        "auto", description="configuration of the paper's code; auto: by resolution"
    )
    z_dim: int = Field(512, ge=1, description="length of the latent")
    w_dim: int = Field(512, ge=1, description="length of a style")
    mapping_layers: int = Field(2, ge=1, description="layers of the mapping network; 8 in the runs of the papers")
    base: int | None = Field(None, ge=16, description="channels × resolution; null: 32768 from 512 px up, else 16384")
    most: int = Field(512, ge=1, description="largest number of channels")
    g_architecture: Architecture = Field("skip", description="how the blocks of the generator are connected")
    d_architecture: Architecture = Field("residual", description="how the blocks of the discriminator are connected")
    group: int = Field(
        4, ge=1, description="pictures per group of the minibatch standard deviation; at most the micro-batch"
    )
    noise: bool = Field(True, description="noise input of each convolution, for hair, pores and grain")
    clamp: float | None = Field(256.0, gt=0, description="activations are clamped to ± this; null: no clamp")
    lr: float | None = Field(None, gt=0, description="Adam's, before its correction; null: 0.0025, or 0.002 at 1024 px")
    r1: float | None = Field(None, ge=0, description="weight γ of R1; null: 0.0002 · resolution² / batch")
    r1_every: int = Field(
        16, ge=1, description="steps between two R1 updates; scales the learning rate of D by n / (n + 1)"
    )
    path_length: float = Field(2.0, ge=0, description="weight of the path length penalty; 0: none")
    path_length_every: int = Field(
        4, ge=1, description="steps between two path length updates; scales the learning rate of G by n / (n + 1)"
    )
    style_mixing: float = Field(0.9, ge=0, le=1, description="share of batches with two styles per picture")
    augment: Literal["none", "ada", "diffaugment"] = Field("ada", description="augmentation before the discriminator")
    pipe: str = Field("bgc", description="transforms of ada: " + ", ".join(PIPES))
    policy: tuple[str, ...] = Field(("color", "translation", "cutout"), description="transforms of diffaugment")
    ada_target: float | None = Field(
        0.6, ge=-1, le=1, description="target of the mean sign of the real logits; null: p is constant"
    )
    ada_kimg: float = Field(500.0, gt=0, description="kimg in which p may rise from 0 to 1; 100 for fine-tuning")
    ada_p: float = Field(0.0, ge=0, le=1, description="initial p")
    freeze_d: int = Field(
        0, ge=0, description="FreezeD: layers of D that are not updated, from the highest resolution down"
    )
    freeze_mapping: bool = Field(False, description="do not update the mapping network")

    @model_validator(mode="before")
    @classmethod
    def _default_by_configuration(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return CONFIGURATIONS.get(values.get("configuration", "auto"), {}) | values

    @model_validator(mode="after")
    def _names_are_known(self) -> StyleGAN2Config:
        if self.pipe not in PIPES:
            raise ValueError(f"there is no pipe {self.pipe!r}; choose one of {', '.join(PIPES)}")
        unknown = [name for name in self.policy if name not in POLICY]
        if unknown:
            raise ValueError(f"there is no policy {unknown[0]!r}; choose from {', '.join(POLICY)}")
        return self
