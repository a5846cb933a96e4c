"""CycleGAN (Zhu, Park, Isola & Efros 2017): translation between two domains without pairs.

One generator per direction. A translation must translate back to its source (cycle consistency), and a picture of the
target domain must stay the same (identity). A step is simultaneous, as published: ``G`` is updated against the old
``D``, then ``D`` on the fakes of the old ``G`` and some of earlier steps.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses
from ganvas.models.augment.crop import enlarge_and_crop
from ganvas.models.batches import TranslationRequest, UnpairedBatch
from ganvas.models.capabilities import TranslatesAnySize
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.image_pool import ImagePool
from ganvas.models.layers.directions import translate
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import NormName
from ganvas.models.networks.patchgan import PatchGAN, check_patch_layers
from ganvas.models.networks.resnet import ResNetGenerator, check_side
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec


class CycleGANConfig(FamilyConfig):
    """Settings of ``cyclegan``; the defaults are the paper's at 256 px."""

    game: losses.LossName = Field("least_squares", description="adversarial loss")
    cycle: float = Field(10.0, ge=0, description="weight of the cycle consistency loss (L1)")
    identity: float = Field(0.5, ge=0, description="weight of the identity loss, relative to cycle; 0: none")
    pool: int = Field(50, ge=0, description="earlier fakes in the pool of each discriminator; 0: none")
    width: int = Field(64, ge=1, description="channels of the first layer, all networks")
    blocks: int = Field(9, ge=0, description="residual blocks of a generator: 9 at 256 px, 6 at 128 px in the paper")
    layers: int = Field(3, ge=1, le=5, description="layers of the patch discriminators; 3: patches of 70 pixels")
    norm: NormName = Field("instance", description="normalisation, all networks")
    dropout: float = Field(
        0.0, ge=0, lt=1, description="dropout in the blocks of the generators, in training; none in the paper"
    )
    enlarge: float = Field(
        30 / 256, ge=0, le=1, description="share by which pictures are enlarged before a random crop; 0: no crop"
    )
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, all networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, all networks")
    decay_from: float = Field(
        0.5, ge=0, le=1, description="share of training after which the learning rate decays to 0"
    )
    one_way: bool = Field(False, description="one direction only, for a single imported generator; cannot be trained")


class CycleGAN(TranslatesAnySize, Family):
    """CycleGAN. ``d_a`` discriminates pictures of domain A, ``d_b`` those of domain B."""

    task = "unpaired"
    Config: ClassVar[type[FamilyConfig]] = CycleGANConfig
    averaged = ("g_ab", "g_ba")

    config: CycleGANConfig

    def __init__(self, config: CycleGANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data.model_copy(update={"source_channels": data.channels}), kimg)
        side, channels = data.resolution, data.channels
        check_side("cyclegan", side)
        check_patch_layers(config.layers, side)

        def generator() -> ResNetGenerator:
            return ResNetGenerator(
                channels, channels, config.width, config.blocks, norm=config.norm, dropout=config.dropout
            )

        self.g_ab = generator()
        if config.one_way:
            return
        self.g_ba = generator()
        self.d_a = PatchGAN(channels, config.width, config.layers, norm=config.norm)
        self.d_b = PatchGAN(channels, config.width, config.layers, norm=config.norm)
        self.pool_a = ImagePool(config.pool, channels, side)
        self.pool_b = ImagePool(config.pool, channels, side)

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = CycleGANConfig(width=4, blocks=1, layers=1, pool=3)  # type: ignore[call-arg]
        return config, DataSpec(resolution=16)  # type: ignore[call-arg]

    @classmethod
    def size_multiple(cls, config: Any, data: DataSpec) -> int | None:
        """Two halvings."""
        return 4

    def stages(self) -> tuple[Stage, ...]:
        if self.config.one_way:
            raise UserError("This model has one direction only (model.one_way), so it cannot be trained.")
        phases = (
            Phase("G", ("g_ab", "g_ba"), self.generator_phase, render=self.render),
            Phase("D", ("d_a", "d_b"), self.discriminator_phase, after=self._update_pools, fakes=self.render),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def _both(self, network: nn.Module, one: Tensor, two: Tensor) -> tuple[Tensor, Tensor]:
        """A network on two batches: in one call, except with batch norm, which would mix their statistics."""
        if self.config.norm == "batch":
            return network(one), network(two)
        first, second = network(torch.cat([one, two])).split([len(one), len(two)])
        return first, second

    def prepare(self, batch: UnpairedBatch, clock: Clock) -> UnpairedBatch:
        enlarge = self.config.enlarge
        return batch._replace(a=enlarge_and_crop(batch.a, enlarge), b=enlarge_and_crop(batch.b, enlarge))

    def render(self, batch: UnpairedBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake_a`` and ``fake_b``: the translations; with an identity loss ``same_a`` and ``same_b`` too."""
        if not self.config.identity:
            return {"fake_b": self.g_ab(batch.a), "fake_a": self.g_ba(batch.b)}
        fake_b, same_b = self._both(self.g_ab, batch.a, batch.b)
        fake_a, same_a = self._both(self.g_ba, batch.b, batch.a)
        return {"fake_a": fake_a, "same_a": same_a, "fake_b": fake_b, "same_b": same_b}

    def generator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Adversarial + cycle consistency + identity loss of both generators."""
        config, fake_a, fake_b = self.config, batch.memo["fake_a"], batch.memo["fake_b"]
        identity = torch.zeros((), device=batch.a.device)
        if config.identity:
            same_a, same_b = batch.memo["same_a"], batch.memo["same_b"]
            identity = F.l1_loss(same_b.float(), batch.b) + F.l1_loss(same_a.float(), batch.a)
        adversarial = self._adversarial(self.d_a, fake_a, batch.a) + self._adversarial(self.d_b, fake_b, batch.b)
        cycle = F.l1_loss(self.g_ba(fake_b).float(), batch.a) + F.l1_loss(self.g_ab(fake_a).float(), batch.b)
        shown = {"adversarial": adversarial.detach(), "cycle": cycle.detach()}
        if config.identity:
            shown["identity"] = identity.detach()
        return adversarial + config.cycle * (cycle + config.identity * identity), shown

    def _adversarial(self, discriminator: nn.Module, fake: Tensor, real: Tensor) -> Tensor:
        real_logits = losses.real_logits_if_paired(self.config.game, lambda: discriminator(real))
        return losses.generator_loss(self.config.game, discriminator(fake), real_logits)

    def discriminator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Half the adversarial loss of both discriminators, on fakes from the image pools."""
        fake_a, fake_b = batch.memo["fake_a"], batch.memo["fake_b"]
        real_logits_a, fake_logits_a = self._both(self.d_a, batch.a, self.pool_a.query(fake_a, clock).to(batch.a.dtype))
        real_logits_b, fake_logits_b = self._both(self.d_b, batch.b, self.pool_b.query(fake_b, clock).to(batch.b.dtype))
        loss_a = losses.discriminator_loss(self.config.game, real_logits_a, fake_logits_a)
        loss_b = losses.discriminator_loss(self.config.game, real_logits_b, fake_logits_b)
        shown = losses.discriminator_statistics(
            self.config.game, torch.cat([real_logits_a, real_logits_b]), torch.cat([fake_logits_a, fake_logits_b])
        )
        return 0.5 * (loss_a + loss_b), shown

    def _update_pools(self, clock: Clock) -> None:
        self.pool_a.advance()
        self.pool_b.advance()

    def generate(self, request: TranslationRequest) -> Tensor:
        """The translation of each source in its ``direction``."""
        if self.config.one_way:
            with evaluating(self.g_ab):
                pictures: Tensor = self.g_ab(request.source)
            return pictures
        with evaluating(self.g_ab), evaluating(self.g_ba):
            return translate(request.source, request.direction, self.g_ab, self.g_ba)
