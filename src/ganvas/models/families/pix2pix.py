"""pix2pix (Isola, Zhu, Zhou & Efros 2017): a picture into the picture it should become, learned from pairs.

The generator descends ``adversarial + pixel · L1``; the discriminator judges pairs (source, picture) by patches and
its loss is halved, as the paper does "to slow down the rate at which D learns relative to G". A step plays ``G`` first
and ``D`` second on the fakes that ``G`` has just made.
"""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses
from ganvas.models.advice import GENERAL, If, Table
from ganvas.models.batches import PairedBatch, TranslationRequest
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import NormName
from ganvas.models.memo import store_fake, stored_fake
from ganvas.models.networks.patchgan import PatchGAN, check_patch_layers
from ganvas.models.networks.unet import UNet
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec


class Pix2PixConfig(FamilyConfig):
    """Settings of ``pix2pix``; the defaults are the paper's."""

    game: losses.GameName = Field("non_saturating", description="what the two players want")
    pixel: float = Field(100.0, ge=0, description="weight of the L1 distance to the target")
    width: int = Field(64, ge=1, description="channels of the first layer of both networks")
    layers: int = Field(3, ge=1, le=5, description="of the patch discriminator; 3 judges patches of 70 pixels")
    norm: NormName = Field("batch", description="of both networks")
    dropout: float = Field(0.5, ge=0, lt=1, description="in the inner layers of the generator, while training")
    residual: bool = Field(
        False,
        description="the generator says what changes from the source (two frames: from their mean), not the whole "
        "picture: where the answer is near it, as in films",
    )
    spectral_norm: bool = Field(False, description="in the discriminator")
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, both networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, both networks")
    decay_from: float = Field(0.5, ge=0, le=1, description="share of training after which the learning rate falls to 0")


SPECTRAL = If("model.spectral_norm=true", when={"spectral_norm": False})


class Pix2Pix(Family):
    """See the module.

    At use the paper keeps dropout on and normalises by the batch's own statistics. Here an answer must not depend on
    chance or on who else is in the batch, so :meth:`generate` switches dropout off and uses running statistics.
    """

    task = "paired"
    Config: ClassVar[type[FamilyConfig]] = Pix2PixConfig
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_overpowers": (SPECTRAL, "a larger model.pixel", "half of model.lr", "more pairs"),
        "discriminator_is_blind": ("half of model.pixel, which gives the adversarial loss more weight",),
        "generator_gradient_vanishes": ("a larger model.pixel", "half of model.lr", "an earlier checkpoint"),
        "gradients_explode": (SPECTRAL, "half of model.lr", "an earlier checkpoint"),
        "collapse": ("a larger model.pixel", "an earlier checkpoint"),
        "quality_falls": ("more pairs", "a smaller model.width", "a larger model.dropout"),
        "not_finite": ("half of model.lr", *GENERAL["not_finite"]),
    }

    config: Pix2PixConfig

    def __init__(self, config: Pix2PixConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        downs = data.resolution.bit_length() - 1
        if data.resolution != 2**downs or not 16 <= data.resolution <= 512:
            raise UserError(
                f"pix2pix takes pictures of 16, 32, 64, 128, 256 or 512 pixels, not {data.resolution}; "
                "change resolution."
            )
        check_patch_layers(config.layers, data.resolution)
        if config.residual and (data.labels or data.source_channels % data.channels):
            raise UserError("model.residual needs sources that are pictures in the targets' colours; set it to false.")
        self.generator = UNet(
            data.source_channels,
            data.channels,
            config.width,
            downs,
            norm=config.norm,
            dropout=config.dropout,
            residual=config.residual,
        )
        self.discriminator = PatchGAN(
            data.source_channels + data.channels,
            config.width,
            config.layers,
            norm=config.norm,
            spectral=config.spectral_norm,
        )

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        # 64 px is the smallest at which the published U-Net has a layer with dropout.
        data = DataSpec(resolution=64, degradation="sketch", source_channels=1)  # type: ignore[call-arg]
        return Pix2PixConfig(width=4), data  # type: ignore[call-arg]

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("G", ("generator",), self.generator_phase),
            Phase("D", ("discriminator",), self.discriminator_phase),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def judge(self, source: Tensor, picture: Tensor) -> Tensor:
        """Logits ``[N, 1, h, w]`` of ``picture`` as the answer to ``source``."""
        logits: Tensor = self.discriminator(torch.cat([source, picture], 1))
        return logits

    def generator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Translate, leave the fakes in the memo for ``D``, please the discriminator and stay near the target."""
        fake = self.generator(batch.source)
        store_fake(batch, fake)
        real_logits = losses.real_logits_if_paired(self.config.game, lambda: self.judge(batch.source, batch.target))
        adversarial = losses.generator_loss(self.config.game, self.judge(batch.source, fake), real_logits)
        pixel = F.l1_loss(fake.float(), batch.target)
        shown = {"adversarial": adversarial.detach(), "pixel": pixel.detach()}
        return adversarial + self.config.pixel * pixel, shown

    def discriminator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Tell the true pairs from those that ``G`` made in this step (made anew where ``G`` was not played)."""
        fake = stored_fake(batch, lambda: self.generator(batch.source))
        real_logits = self.judge(batch.source, batch.target)
        fake_logits = self.judge(batch.source, fake)
        loss = 0.5 * losses.discriminator_loss(self.config.game, real_logits, fake_logits)
        return loss, losses.judged(self.config.game, real_logits, fake_logits)

    def generate(self, request: TranslationRequest) -> Tensor:
        """The translation of each source; ``direction`` means nothing here, the game knows one way."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.source)
        return pictures.clamp(-1, 1)  # a change may lead beyond
