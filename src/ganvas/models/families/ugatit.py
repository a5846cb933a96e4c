"""U-GAT-IT (Kim, Kim, Kang & Lee 2020): translation without pairs that also changes shapes, as from selfie to anime.

It adds to CycleGAN attention from auxiliary classifiers in all networks (class activation maps, CAM), AdaLIN in the
generators, and two discriminators per domain, a global and a local one. A step updates ``D`` first, then ``G`` on the
same fakes against the new ``D``.
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
from ganvas.models.capabilities import HasHeatmap, TranslatesAnySize
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.directions import translate
from ganvas.models.networks.ugatit import CamOutput, Discriminator, Generator, clip_rho
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

LOSS = "least_squares"


class UGATITConfig(FamilyConfig):
    """Settings of ``ugatit``; the defaults are the paper's at 256 px."""

    light: bool = Field(
        False,
        description="light generator: γ and β from the mean of the feature map; 26 times smaller at 256 px",
    )
    adversarial: float = Field(
        1.0, ge=0, description="weight of the adversarial losses of discriminators and their classifiers"
    )
    cycle: float = Field(10.0, ge=0, description="weight of the cycle consistency loss (L1)")
    identity: float = Field(10.0, ge=0, description="weight of the identity loss (L1)")
    cam: float = Field(1000.0, ge=0, description="weight of the CAM loss of the classifiers of the generators")
    width: int = Field(64, ge=1, description="channels of the first layer, all networks")
    blocks: int = Field(
        4, ge=1, description="residual blocks of a generator before the attention, and as many after it"
    )
    global_layers: int = Field(
        7, ge=3, le=8, description="layers of the global discriminators; 5: patches of 70 px, 6: 142 px"
    )
    local_layers: int = Field(
        5, ge=3, le=8, description="layers of the local discriminators; 3: patches of 16 px, 4: 34 px, 5: 70 px"
    )
    enlarge: float = Field(
        30 / 256, ge=0, le=1, description="share by which pictures are enlarged before a random crop; 0: no crop"
    )
    lr: float = Field(1e-4, gt=0, description="Adam's learning rate, all networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, all networks")
    weight_decay: float = Field(1e-4, ge=0, description="weight decay of Adam, added to the gradient (L2)")
    decay_from: float = Field(
        0.5, ge=0, le=1, description="share of training after which the learning rate decays to 0"
    )


class UGATIT(TranslatesAnySize, HasHeatmap, Family):
    """U-GAT-IT. ``d_a_global`` and ``d_a_local`` are the discriminators of domain A."""

    task = "unpaired"
    Config: ClassVar[type[FamilyConfig]] = UGATITConfig
    averaged = ("g_ab", "g_ba")

    config: UGATITConfig

    def __init__(self, config: UGATITConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data.model_copy(update={"source_channels": data.channels}), kimg)
        side, channels = data.resolution, data.channels
        deepest = max(config.global_layers, config.local_layers)
        if side % 4 or side < 16:
            raise UserError(f"ugatit takes pictures of 16, 20, 24, … pixels, not {side}; change resolution.")
        if side >> (deepest - 2) < 3:
            raise UserError(
                f"A discriminator of {deepest} layers needs pictures of {3 << (deepest - 2)} pixels or more, not "
                f"{side}; lower model.global_layers and model.local_layers or raise resolution."
            )
        size = (side, channels, config.width, config.blocks)
        self.g_ab = Generator(*size, light=config.light)
        self.g_ba = Generator(*size, light=config.light)
        self.d_a_global = Discriminator(channels, config.width, config.global_layers)
        self.d_a_local = Discriminator(channels, config.width, config.local_layers)
        self.d_b_global = Discriminator(channels, config.width, config.global_layers)
        self.d_b_local = Discriminator(channels, config.width, config.local_layers)

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = UGATITConfig(width=4, blocks=1, global_layers=4, local_layers=3)  # type: ignore[call-arg]
        return config, DataSpec(resolution=16)  # type: ignore[call-arg]

    @property
    def discriminators(self) -> tuple[tuple[Discriminator, Discriminator], tuple[Discriminator, Discriminator]]:
        """The discriminators of domain A and of domain B."""
        return (self.d_a_global, self.d_a_local), (self.d_b_global, self.d_b_local)

    @classmethod
    def size_multiple(cls, config: Any, data: DataSpec) -> int | None:
        """Two halvings; the full generator has a linear layer on the whole map, which fixes the size."""
        return 4 if config.light else None

    def stages(self) -> tuple[Stage, ...]:
        discriminators = ("d_a_global", "d_a_local", "d_b_global", "d_b_local")
        phases = (
            Phase("D", discriminators, self.discriminator_phase, fakes=self.render),
            Phase("G", ("g_ab", "g_ba"), self.generator_phase, after=self._clip_rho, render=self.render),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        config = self.config
        return adam(self.get_submodule(network), config.lr, config.betas, weight_decay=config.weight_decay)

    def prepare(self, batch: UnpairedBatch, clock: Clock) -> UnpairedBatch:
        enlarge = self.config.enlarge
        return batch._replace(a=enlarge_and_crop(batch.a, enlarge), b=enlarge_and_crop(batch.b, enlarge))

    def render(self, batch: UnpairedBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake_a`` … ``cam_b``: what :func:`_translated` returns, for domain A and for domain B."""
        fake_b, same_b, cam_b = _translated(self.g_ab, batch.a, batch.b)
        fake_a, same_a, cam_a = _translated(self.g_ba, batch.b, batch.a)
        into_a = {"fake_a": fake_a, "same_a": same_a, "cam_a": cam_a}
        return into_a | {"fake_b": fake_b, "same_b": same_b, "cam_b": cam_b}

    def generator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Adversarial + cycle consistency + identity + CAM loss."""
        config = self.config
        fake_a, same_a, cam_a = (batch.memo[name] for name in ("fake_a", "same_a", "cam_a"))
        fake_b, same_b, cam_b = (batch.memo[name] for name in ("fake_b", "same_b", "cam_b"))
        adversarial = torch.zeros((), device=batch.a.device)
        for pair, fake in zip(self.discriminators, (fake_a, fake_b), strict=True):
            for discriminator in pair:
                seen: CamOutput = discriminator(fake)
                adversarial = adversarial + losses.generator_loss(LOSS, seen.output.float())
                adversarial = adversarial + losses.generator_loss(LOSS, seen.logits.float())
        there_a, there_b = self.g_ba(fake_b).output, self.g_ab(fake_a).output
        cycle = F.l1_loss(there_a.float(), batch.a) + F.l1_loss(there_b.float(), batch.b)
        identity = F.l1_loss(same_a.float(), batch.a) + F.l1_loss(same_b.float(), batch.b)
        cam = cam_a + cam_b
        shown = {"adversarial": adversarial, "cycle": cycle, "identity": identity, "cam": cam}
        loss = config.adversarial * adversarial + config.cycle * cycle + config.identity * identity + config.cam * cam
        return loss, losses.detached(shown)

    def discriminator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The adversarial losses of the four discriminators and their classifiers."""
        fakes_of = batch.memo["fake_a"], batch.memo["fake_b"]
        loss = torch.zeros((), device=batch.a.device)
        reals, fakes = [], []
        for pair, real, fake in zip(self.discriminators, (batch.a, batch.b), fakes_of, strict=True):
            for discriminator in pair:
                # Two passes, and so two power iterations, as in the paper's code.
                at_real: CamOutput = discriminator(real)
                at_fake: CamOutput = discriminator(fake.to(real.dtype))
                for real_logits, fake_logits in (
                    (at_real.output.float(), at_fake.output.float()),
                    (at_real.logits.float(), at_fake.logits.float()),
                ):
                    loss = loss + losses.discriminator_loss(LOSS, real_logits, fake_logits)
                reals.append(at_real.output.detach().float().flatten())
                fakes.append(at_fake.output.detach().float().flatten())
        return self.config.adversarial * loss, losses.discriminator_statistics(LOSS, torch.cat(reals), torch.cat(fakes))

    def _clip_rho(self, clock: Clock) -> None:
        clip_rho(self.g_ab)
        clip_rho(self.g_ba)

    def generate(self, request: TranslationRequest) -> Tensor:
        """The translation of each source in its ``direction``."""
        return translate(
            request.source,
            request.direction,
            lambda source: self.g_ab(source).output,
            lambda source: self.g_ba(source).output,
        )

    @torch.no_grad()
    def heatmap(self, request: TranslationRequest) -> Tensor:
        """See the capability: the CAM attention map of the generator, scaled to [0, 1] per picture."""
        maps = translate(
            request.source,
            request.direction,
            lambda source: self.g_ab(source).attention,
            lambda source: self.g_ba(source).attention,
        ).float()
        low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
        scaled = (maps - low) / (high - low).clamp(min=1e-12)
        return F.interpolate(scaled, size=request.source.shape[2:], mode="bilinear", align_corners=False)


def _translated(generator: nn.Module, source: Tensor, already: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Outputs of a generator, and its CAM loss.

    Args:
        generator: From one domain to the other.
        source: Pictures of the domain it translates from.
        already: Pictures of the domain it translates to.

    Returns:
        The translations of ``source``, the outputs for ``already``, and the cross-entropy of the auxiliary classifier
        that separates the two.
    """
    seen: CamOutput = generator(torch.cat([source, already]))
    to_change, to_leave = seen.logits.float().chunk(2)
    fake, same = seen.output.chunk(2)
    return fake, same, F.softplus(-to_change).mean() + F.softplus(to_leave).mean()
