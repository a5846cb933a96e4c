"""CycleGAN (Zhu, Park, Isola & Efros 2017): translate between two kinds of pictures without any pairs.

Two generators, one a direction. What one has translated the other must be able to translate back (cycle), and a
picture that already is of the wanted kind should stay as it is (identity). A step plays ``G`` first and ``D`` second,
on the fakes that ``G`` has just made and on some of the past.
"""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses
from ganvas.models.augment.crop import enlarge_and_crop
from ganvas.models.batches import TranslationRequest, UnpairedBatch
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.image_pool import ImagePool
from ganvas.models.layers.directions import translate
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import NormName
from ganvas.models.memo import store_fake, stored_fake
from ganvas.models.networks.patchgan import PatchGAN, check_patch_layers
from ganvas.models.networks.resnet import ResNetGenerator, check_side
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec


class CycleGANConfig(FamilyConfig):
    """Settings of ``cyclegan``; the defaults are the paper's at 256 px."""

    game: losses.GameName = Field("least_squares", description="what the two players want")
    cycle: float = Field(10.0, ge=0, description="weight of the L1 distance to the picture after there and back")
    identity: float = Field(0.5, ge=0, description="weight of the identity term, as a share of ``cycle``; 0: none")
    pool: int = Field(50, ge=0, description="past fakes that each discriminator may be shown; 0: none")
    width: int = Field(64, ge=1, description="channels of the first layer of all networks")
    blocks: int = Field(9, ge=0, description="residual blocks of a generator: 9 at 256 px, 6 at 128 px in the paper")
    layers: int = Field(3, ge=1, le=5, description="of the patch discriminators; 3 judges patches of 70 pixels")
    norm: NormName = Field("instance", description="of all networks")
    dropout: float = Field(0.0, ge=0, lt=1, description="in the generators' blocks, while training; the paper has none")
    enlarge: float = Field(
        30 / 256, ge=0, le=1, description="share by which pictures grow before a random cut; 0: no cut"
    )
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, all networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, all networks")
    decay_from: float = Field(0.5, ge=0, le=1, description="share of training after which the learning rate falls to 0")
    one_way: bool = Field(False, description="there is no way back: a single imported generator; cannot be trained")


class CycleGAN(Family):
    """See the module."""

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

    def stages(self) -> tuple[Stage, ...]:
        if self.config.one_way:
            raise UserError("This model knows one direction only (model.one_way), so it cannot be trained.")
        phases = (
            Phase("G", ("g_ab", "g_ba"), self.generator_phase),
            Phase("D", ("d_a", "d_b"), self.discriminator_phase, after=self._keep_fakes),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def _both(self, network: nn.Module, one: Tensor, two: Tensor) -> tuple[Tensor, Tensor]:
        """A network on two batches: in one call, save where it would normalise the one by the other."""
        if self.config.norm == "batch":
            return network(one), network(two)
        first, second = network(torch.cat([one, two])).split([len(one), len(two)])
        return first, second

    def prepare(self, batch: UnpairedBatch, clock: Clock) -> UnpairedBatch:
        enlarge = self.config.enlarge
        return batch._replace(a=enlarge_and_crop(batch.a, enlarge), b=enlarge_and_crop(batch.b, enlarge))

    def generator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Please both discriminators, find the way back, leave alone what is right already."""
        config = self.config
        identity = torch.zeros((), device=batch.a.device)
        if config.identity:
            fake_b, same_b = self._both(self.g_ab, batch.a, batch.b)
            fake_a, same_a = self._both(self.g_ba, batch.b, batch.a)
            identity = F.l1_loss(same_b.float(), batch.b) + F.l1_loss(same_a.float(), batch.a)
        else:
            fake_b, fake_a = self.g_ab(batch.a), self.g_ba(batch.b)
        store_fake(batch, fake_a, "fake_a")
        store_fake(batch, fake_b, "fake_b")
        adversarial = self._pleased(self.d_a, fake_a, batch.a) + self._pleased(self.d_b, fake_b, batch.b)
        cycle = F.l1_loss(self.g_ba(fake_b).float(), batch.a) + F.l1_loss(self.g_ab(fake_a).float(), batch.b)
        shown = {"adversarial": adversarial.detach(), "cycle": cycle.detach()}
        if config.identity:
            shown["identity"] = identity.detach()
        return adversarial + config.cycle * (cycle + config.identity * identity), shown

    def _pleased(self, discriminator: nn.Module, fake: Tensor, real: Tensor) -> Tensor:
        real_logits = losses.real_logits_if_paired(self.config.game, lambda: discriminator(real))
        return losses.generator_loss(self.config.game, discriminator(fake), real_logits)

    def discriminator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Tell real from fake in both domains; the loss is halved, as the paper does to slow D down beside G."""
        fake_a = stored_fake(batch, lambda: self.g_ba(batch.b), "fake_a")
        fake_b = stored_fake(batch, lambda: self.g_ab(batch.a), "fake_b")
        real_a, judged_a = self._both(self.d_a, batch.a, self.pool_a.ask(fake_a, clock).to(batch.a.dtype))
        real_b, judged_b = self._both(self.d_b, batch.b, self.pool_b.ask(fake_b, clock).to(batch.b.dtype))
        game = self.config.game
        loss_a = losses.discriminator_loss(game, real_a, judged_a)
        loss_b = losses.discriminator_loss(game, real_b, judged_b)
        shown = losses.judged(game, torch.cat([real_a, real_b]), torch.cat([judged_a, judged_b]))
        return 0.5 * (loss_a + loss_b), shown

    def _keep_fakes(self, clock: Clock) -> None:
        self.pool_a.advance()
        self.pool_b.advance()

    def generate(self, request: TranslationRequest) -> Tensor:
        """The translation of each source, its ``direction``'s way."""
        if self.config.one_way:
            with evaluating(self.g_ab):
                pictures: Tensor = self.g_ab(request.source)
            return pictures
        with evaluating(self.g_ab), evaluating(self.g_ba):
            return translate(request.source, request.direction, self.g_ab, self.g_ba)
