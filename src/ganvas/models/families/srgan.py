"""SRGAN (Ledig, Theis, Huszár et al. 2017): super-resolution with plausible detail.

Stage ``pretrain`` trains the generator alone on the squared error (SRResNet), which gives the mean of the possible
pictures and is therefore blurred. Stage ``adversarial`` goes on with a perceptual loss and a discriminator: sharper,
though with a larger error per pixel. A step updates ``D`` first, then ``G`` on the same fakes against the new
``D``.

The paper uses VGG19 after its last convolution; only the weights of VGG16 are pinned here, so ``perceptual`` is taken
after its last activation (relu5_3).
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
from ganvas.models.networks.srgan import HALVINGS, Discriminator, HeadName, SRResNet
from ganvas.models.optimizers import adam
from ganvas.models.perceptual import load_vgg16, perceptual_loss
from ganvas.spec import DataSpec

LAYER = "relu5_3"


class SRGANConfig(FamilyConfig):
    """Settings of ``srgan``; the defaults are the paper's, for pictures in [-1, 1]."""

    width: int = Field(64, ge=4, le=256, description="channels of the layers of the generator")
    blocks: int = Field(16, ge=1, le=64, description="residual blocks of the generator; 5 for a light one")
    crop: int = Field(96, ge=16, description="side of the crops of targets in training")
    discriminator: HeadName = Field(
        "dense", description="end of the discriminator: the dense layer of the paper, or global pooling"
    )
    discriminator_width: int = Field(64, ge=4, le=256, description="channels of the first layer of the discriminator")
    pretrain_share: float = Field(0.5, ge=0, le=1, description="share of training on the squared error alone")
    perceptual: float = Field(
        6e-3, ge=0, description="weight of the squared error in features of VGG16; with 0 its weights are not needed"
    )
    adversarial: float = Field(1e-3, ge=0, description="weight of the adversarial loss")
    pixel: float = Field(0.0, ge=0, description="weight of the squared error of pixels in stage adversarial")
    total_variation: float = Field(0.0, ge=0, description="weight of the squared differences of adjacent pixels")
    lr: float = Field(1e-4, gt=0, description="Adam's learning rate, both networks")
    betas: tuple[float, float] = Field((0.9, 0.999), description="Adam's betas, both networks")
    lr_last: float = Field(
        0.1, ge=0, le=1, description="factor of the learning rate in the last half of stage adversarial"
    )


class SRGAN(Enlarges, Family):
    """SRGAN. Outputs are ``data.source_scale`` times as large as sources, which may have any size."""

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
                f"srgan trains on crops of {self.side} pixels here, which must be a multiple of {scale} and at least "
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
            Phase("D", ("discriminator",), self.discriminator_phase, fakes=self.render),
            Phase("G", ("generator",), self.generator_phase, render=self.render),
        )
        stages = (
            Stage("pretrain", first, (Phase("G", ("generator",), self.pixel_phase),)),
            # The moments of Adam belong to another loss.
            Stage("adversarial", self.kimg - first, phases, fresh_optimizers=True, lr_scale=self._lr),
        )
        return tuple(stage for stage in stages if stage.kimg > 0)

    def _lr(self, clock: Clock) -> float:
        return 1.0 if clock.progress < 0.5 else self.config.lr_last

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def prepare(self, batch: PairedBatch, clock: Clock) -> PairedBatch:
        """Random crops, at the same place of source and target."""
        source, target = crop_pair(batch.source, batch.target, self.side)
        return batch._replace(source=source, target=target)

    def pixel_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The mean squared error (eq. 4)."""
        pixel = F.mse_loss(self.generator(batch.source).float(), batch.target)
        return pixel, {"pixel": pixel.detach(), "psnr": _psnr(pixel)}

    def render(self, batch: PairedBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: the enlarged sources."""
        return {"fake": self.generator(batch.source)}

    def generator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Perceptual + adversarial loss (eq. 3), and optional pixel terms."""
        config, fake = self.config, batch.memo["fake"]
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
        """The adversarial loss of ``D`` on targets and fakes."""
        real_logits, fake_logits = self.discriminator(batch.target), self.discriminator(batch.memo["fake"])
        loss = losses.discriminator_loss("non_saturating", real_logits, fake_logits)
        return loss, losses.discriminator_statistics("non_saturating", real_logits, fake_logits)

    def generate(self, request: TranslationRequest) -> Tensor:
        """See the base class. ``request.direction`` is ignored: there is one direction."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.source)
        return pictures


def _psnr(mse: Tensor) -> Tensor:
    """Peak signal-to-noise ratio in dB, from the mean squared error of pictures in [-1, 1]."""
    return 10 * torch.log10(4 / mse.detach().clamp_min(1e-10))


def total_variation(x: Tensor) -> Tensor:
    """Mean squared difference of vertically and of horizontally adjacent pixels, a scalar. [N, C, H, W]."""
    down, across = x[:, :, 1:] - x[:, :, :-1], x[..., 1:] - x[..., :-1]
    return down.square().mean() + across.square().mean()
