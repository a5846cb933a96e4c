"""pix2pix (Isola, Zhu, Zhou & Efros 2017): image translation trained on pairs.

The generator minimises ``adversarial + pixel · L1``; the discriminator classifies patches of pairs (source, picture),
and its loss is halved, as in the paper "to slow down the rate at which D learns relative to G". A step updates ``D``
first, then ``G`` on the same fakes against the new ``D``.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses
from ganvas.models.advice import GENERAL, If, Table
from ganvas.models.batches import PairedBatch, TranslationRequest
from ganvas.models.capabilities import TranslatesAnySize
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import NormName
from ganvas.models.networks.patchgan import PatchGAN, check_patch_layers
from ganvas.models.networks.unet import UNet
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec


class Pix2PixConfig(FamilyConfig):
    """Settings of ``pix2pix``; the defaults are the paper's."""

    game: losses.LossName = Field("non_saturating", description="adversarial loss")
    pixel: float = Field(100.0, ge=0, description="weight of the L1 distance to the target")
    width: int = Field(64, ge=1, description="channels of the first layer, both networks")
    layers: int = Field(3, ge=1, le=5, description="layers of the patch discriminator; 3: patches of 70 pixels")
    norm: NormName = Field("batch", description="normalisation, both networks")
    dropout: float = Field(0.5, ge=0, lt=1, description="dropout in the inner layers of the generator, in training")
    residual: bool = Field(
        False,
        description="the generator predicts the difference from the source (of two frames: from their mean), for "
        "targets close to it, as in films",
    )
    spectral_norm: bool = Field(False, description="spectral normalisation of the discriminator")
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, both networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, both networks")
    decay_from: float = Field(
        0.5, ge=0, le=1, description="share of training after which the learning rate decays to 0"
    )


SPECTRAL = If("model.spectral_norm=true", when={"spectral_norm": False})


class Pix2Pix(TranslatesAnySize, Family):
    """pix2pix.

    At inference the paper keeps dropout on and normalises with the statistics of the batch. Here an output must not
    depend on chance or on the rest of the batch, so :meth:`generate` switches dropout off and uses running statistics.
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
            raise UserError("model.residual needs sources with the channels of the targets; set it to false.")
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

    @classmethod
    def size_multiple(cls, config: Any, data: DataSpec) -> int | None:
        """The U-Net halves the sides down to one pixel."""
        return data.resolution

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("D", ("discriminator",), self.discriminator_phase, fakes=self.render),
            Phase("G", ("generator",), self.generator_phase, render=self.render),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def discriminate(self, source: Tensor, picture: Tensor) -> Tensor:
        """Patch logits [N, 1, h, w] of pairs of ``source`` and ``picture``."""
        logits: Tensor = self.discriminator(torch.cat([source, picture], 1))
        return logits

    def render(self, batch: PairedBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: the translations of the sources."""
        return {"fake": self.generator(batch.source)}

    def generator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Adversarial loss + pixel · L1."""
        fake = batch.memo["fake"]
        real_logits = losses.real_logits_if_paired(
            self.config.game, lambda: self.discriminate(batch.source, batch.target)
        )
        adversarial = losses.generator_loss(self.config.game, self.discriminate(batch.source, fake), real_logits)
        pixel = F.l1_loss(fake.float(), batch.target)
        shown = {"adversarial": adversarial.detach(), "pixel": pixel.detach()}
        return adversarial + self.config.pixel * pixel, shown

    def discriminator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Half the adversarial loss of ``D`` on real and generated pairs."""
        real_logits = self.discriminate(batch.source, batch.target)
        fake_logits = self.discriminate(batch.source, batch.memo["fake"])
        loss = 0.5 * losses.discriminator_loss(self.config.game, real_logits, fake_logits)
        return loss, losses.discriminator_statistics(self.config.game, real_logits, fake_logits)

    def generate(self, request: TranslationRequest) -> Tensor:
        """See the base class. ``request.direction`` is ignored: there is one direction."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.source)
        return pictures.clamp(-1, 1)  # source plus difference may exceed the range
