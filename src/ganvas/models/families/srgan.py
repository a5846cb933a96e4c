"""SRGAN (Ledig, Theis, Huszár et al. 2017): a small picture enlarged, with detail that might have been there.

Stage ``pretrain`` teaches the generator alone, by squared error (SRResNet): the answer nearest to the truth on average,
and therefore soft. Stage ``adversarial`` goes on from it, judged by VGG16's features and by a discriminator: sharper to
the eye, though farther from the truth pixel by pixel. A step plays ``G`` first and ``D`` second on the same fakes.

The paper looks through VGG19 after its last convolution; only VGG16's weights are pinned here, so ``perceptual`` is
taken after its last activation (relu5_3).
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
from ganvas.models.advice import Table
from ganvas.models.augment.crop import crop_pair
from ganvas.models.batches import PairedBatch, TranslationRequest
from ganvas.models.capabilities import Enlarges
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.layers.modes import evaluating
from ganvas.models.memo import store_fake, stored_fake
from ganvas.models.networks.srgan import HALVINGS, Discriminator, JudgeName, SRResNet
from ganvas.models.optimizers import adam
from ganvas.models.perceptual import load_vgg16, perceptual_loss
from ganvas.spec import DataSpec

LAYER = "relu5_3"


class SRGANConfig(FamilyConfig):
    """Settings of ``srgan``; the defaults are the paper's, numbers of pictures being in [-1, 1]."""

    width: int = Field(64, ge=4, le=256, description="channels of the generator's layers")
    blocks: int = Field(16, ge=1, le=64, description="residual blocks of the generator; 5 is a light one")
    crop: int = Field(96, ge=16, description="side of the windows cut from the targets for training")
    discriminator: JudgeName = Field(
        "dense", description="what ends it: the paper's dense layer, or pooled over places"
    )
    discriminator_width: int = Field(64, ge=4, le=256, description="channels of the discriminator's first layer")
    pretrain_share: float = Field(
        0.5, ge=0, le=1, description="share of training that descends the squared error alone"
    )
    perceptual: float = Field(6e-3, ge=0, description="weight of the squared error in VGG16's features; 0: no weights")
    adversarial: float = Field(1e-3, ge=0, description="weight of the discriminator's judgement")
    pixel: float = Field(0.0, ge=0, description="weight of the squared error of pixels in the adversarial stage")
    total_variation: float = Field(0.0, ge=0, description="weight of the squared differences of neighbouring pixels")
    lr: float = Field(1e-4, gt=0, description="Adam's learning rate, both networks")
    betas: tuple[float, float] = Field((0.9, 0.999), description="Adam's betas, both networks")
    lr_last: float = Field(
        0.1, ge=0, le=1, description="factor on the learning rate in the last half of ``adversarial``"
    )


class SRGAN(Enlarges, Family):
    """See the module. Its answers are ``data.source_scale`` times as large as sources, which may have any size."""

    task = "paired"
    Config: ClassVar[type[FamilyConfig]] = SRGANConfig
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_overpowers": (
            "a longer model.pretrain_share",
            "a larger model.pixel",
            "half of model.adversarial",
        ),
        "quality_falls": ("half of model.adversarial", "a larger model.pixel", "an earlier checkpoint"),
        "collapse": ("a larger model.pixel", "an earlier checkpoint"),
    }

    config: SRGANConfig

    def __init__(self, config: SRGANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        scale = data.source_scale
        if scale not in (2, 4, 8):
            raise UserError(
                "srgan enlarges pictures 2, 4 or 8 times, so its sources must be as much smaller; set "
                "data.degradation=downscale-x4 or downscale-x2."
            )
        self.side = min(config.crop, data.resolution)
        if self.side % scale or self.side < 2**HALVINGS:
            raise UserError(
                f"srgan cuts windows of {self.side} pixels here, which must be a multiple of {scale} and at least "
                f"{2**HALVINGS}; change model.crop."
            )
        self.generator = SRResNet(data.source_channels, data.channels, scale, config.width, config.blocks)
        self.discriminator = Discriminator(data.channels, self.side, config.discriminator_width, config.discriminator)

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = SRGANConfig(width=8, blocks=1, crop=16, discriminator_width=8, perceptual=0, pixel=1)  # type: ignore[call-arg]
        return config, DataSpec(resolution=32, degradation="downscale-x2", source_scale=2)  # type: ignore[call-arg]

    def stages(self) -> tuple[Stage, ...]:
        first = self.kimg * self.config.pretrain_share
        phases = (
            Phase("G", ("generator",), self.generator_phase),
            Phase("D", ("discriminator",), self.discriminator_phase),
        )
        stages = (
            Stage("pretrain", first, (Phase("G", ("generator",), self.pixel_phase),)),
            # The moments of Adam belong to another landscape.
            Stage("adversarial", self.kimg - first, phases, fresh_optimizers=True, lr_scale=self._lr),
        )
        return tuple(stage for stage in stages if stage.kimg > 0)

    def _lr(self, clock: Clock) -> float:
        return 1.0 if clock.progress < 0.5 else self.config.lr_last

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def prepare(self, batch: PairedBatch, clock: Clock) -> PairedBatch:
        """Windows at random places, the same of source and target."""
        source, target = crop_pair(batch.source, batch.target, self.side)
        return batch._replace(source=source, target=target)

    def pixel_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The squared error (eq. 4)."""
        pixel = F.mse_loss(self.generator(batch.source).float(), batch.target)
        return pixel, {"pixel": pixel.detach(), "psnr": _psnr(pixel)}

    def generator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Enlarge, leave the fakes in the memo for ``D``, be near the target in VGG16, please ``D`` (eq. 3)."""
        config = self.config
        fake = self.generator(batch.source)
        store_fake(batch, fake)
        adversarial = losses.generator_loss("non_saturating", self.discriminator(fake))
        pixel = F.mse_loss(fake.float(), batch.target)
        loss = config.adversarial * adversarial + config.pixel * pixel
        shown = {"adversarial": adversarial, "pixel": pixel}
        if config.perceptual:
            vgg = load_vgg16(fake.device)
            shown["perceptual"] = perceptual_loss(vgg, fake, batch.target, (LAYER,), distance="mse")
            loss = loss + config.perceptual * shown["perceptual"]
        if config.total_variation:
            shown["total_variation"] = total_variation(fake.float())
            loss = loss + config.total_variation * shown["total_variation"]
        return loss, losses.detached(shown) | {"psnr": _psnr(pixel)}

    def discriminator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Tell the targets from the enlargements of this step."""
        fake = stored_fake(batch, lambda: self.generator(batch.source))
        real_logits, fake_logits = self.discriminator(batch.target), self.discriminator(fake)
        loss = losses.discriminator_loss("non_saturating", real_logits, fake_logits)
        return loss, losses.judged("non_saturating", real_logits, fake_logits)

    def generate(self, request: TranslationRequest) -> Tensor:
        """Each source enlarged; ``direction`` means nothing here."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.source)
        return pictures


def _psnr(mse: Tensor) -> Tensor:
    """Decibels, from the squared error of numbers that span 2."""
    return 10 * torch.log10(4 / mse.detach().clamp_min(1e-10))


def total_variation(x: Tensor) -> Tensor:
    """The mean squared difference of neighbours, down and across: 0 for a plain picture."""
    down, across = x[:, :, 1:] - x[:, :, :-1], x[..., 1:] - x[..., :-1]
    return down.square().mean() + across.square().mean()
