"""U-GAT-IT (Kim, Kim, Kang & Lee 2020): translation without pairs that also changes shapes, as from a selfie to anime.

To CycleGAN's game it adds attention from auxiliary classifiers in all networks, AdaLIN in the generators, and two
discriminators a domain, one that sees the whole picture and one that sees patches. A step plays ``G`` first and ``D``
second, on the fakes that ``G`` has just made.
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
from ganvas.models.capabilities import HasHeatmap
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.directions import translate
from ganvas.models.layers.spectral import advance
from ganvas.models.memo import store_fake, stored_fake
from ganvas.models.networks.ugatit import Discriminator, Generator, Seen, clip_rho
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

GAME = "least_squares"


class UGATITConfig(FamilyConfig):
    """Settings of ``ugatit``; the defaults are the paper's at 256 px."""

    light: bool = Field(False, description="γ and β from the mean of the map, not from all of it: a 26th of the size")
    adversarial: float = Field(1.0, ge=0, description="weight of pleasing the discriminators and their classifiers")
    cycle: float = Field(10.0, ge=0, description="weight of the L1 distance to the picture after there and back")
    identity: float = Field(10.0, ge=0, description="weight of the L1 distance to a picture already of the kind wanted")
    cam: float = Field(1000.0, ge=0, description="weight of the generators' classifiers, which steer the attention")
    width: int = Field(64, ge=1, description="channels of the first layer of all networks")
    blocks: int = Field(4, ge=1, description="residual blocks of a generator, before and again after the attention")
    global_layers: int = Field(7, ge=3, le=8, description="of the discriminators that see it all; 5 see 70 px, 6 142")
    local_layers: int = Field(5, ge=3, le=8, description="of those that see patches; 3 see 16 px, 4 see 34, 5 see 70")
    enlarge: float = Field(
        30 / 256, ge=0, le=1, description="share by which pictures grow before a random cut; 0: no cut"
    )
    lr: float = Field(1e-4, gt=0, description="Adam's learning rate, all networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, all networks")
    weight_decay: float = Field(1e-4, ge=0, description="Adam's, added to the gradient (L2)")
    decay_from: float = Field(0.5, ge=0, le=1, description="share of training after which the learning rate falls to 0")


class UGATIT(HasHeatmap, Family):
    """See the module. ``d_a_global`` judges the whole of pictures of domain A, ``d_a_local`` their patches."""

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
    def critics(self) -> tuple[tuple[Discriminator, Discriminator], tuple[Discriminator, Discriminator]]:
        """The discriminators of domain A and of domain B."""
        return (self.d_a_global, self.d_a_local), (self.d_b_global, self.d_b_local)

    def stages(self) -> tuple[Stage, ...]:
        critics = ("d_a_global", "d_a_local", "d_b_global", "d_b_local")
        phases = (
            Phase("G", ("g_ab", "g_ba"), self.generator_phase, after=self._clip_rho),
            Phase("D", critics, self.discriminator_phase, after=self._advance),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        config = self.config
        return adam(self.get_submodule(network), config.lr, config.betas, weight_decay=config.weight_decay)

    def prepare(self, batch: UnpairedBatch, clock: Clock) -> UnpairedBatch:
        enlarge = self.config.enlarge
        return batch._replace(a=enlarge_and_crop(batch.a, enlarge), b=enlarge_and_crop(batch.b, enlarge))

    def generator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Please four discriminators and their classifiers, find the way back, and know what to change and what not."""
        config = self.config
        fake_b, same_b, cam_b = _translated(self.g_ab, batch.a, batch.b)
        fake_a, same_a, cam_a = _translated(self.g_ba, batch.b, batch.a)
        store_fake(batch, fake_a, "fake_a")
        store_fake(batch, fake_b, "fake_b")
        adversarial = torch.zeros((), device=batch.a.device)
        for critics, fake in zip(self.critics, (fake_a, fake_b), strict=True):
            for critic in critics:
                verdict: Seen = critic(fake)
                adversarial = adversarial + losses.generator_loss(GAME, verdict.output.float())
                adversarial = adversarial + losses.generator_loss(GAME, verdict.logits.float())
        there_a, there_b = self.g_ba(fake_b).output, self.g_ab(fake_a).output
        cycle = F.l1_loss(there_a.float(), batch.a) + F.l1_loss(there_b.float(), batch.b)
        identity = F.l1_loss(same_a.float(), batch.a) + F.l1_loss(same_b.float(), batch.b)
        cam = cam_a + cam_b
        shown = {"adversarial": adversarial, "cycle": cycle, "identity": identity, "cam": cam}
        loss = config.adversarial * adversarial + config.cycle * cycle + config.identity * identity + config.cam * cam
        return loss, losses.detached(shown)

    def discriminator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Tell real from fake by the whole, by patches, and by each discriminator's classifier."""
        fake_a = stored_fake(batch, lambda: self.g_ba(batch.b).output, "fake_a")
        fake_b = stored_fake(batch, lambda: self.g_ab(batch.a).output, "fake_b")
        loss = torch.zeros((), device=batch.a.device)
        reals, fakes = [], []
        for critics, real, fake in zip(self.critics, (batch.a, batch.b), (fake_a, fake_b), strict=True):
            both = torch.cat([real, fake.to(real.dtype)])
            for critic in critics:
                verdict: Seen = critic(both)
                for logits in (verdict.output.float(), verdict.logits.float()):
                    real_logits, fake_logits = logits.chunk(2)
                    loss = loss + losses.discriminator_loss(GAME, real_logits, fake_logits)
                judged_real, judged_fake = verdict.output.detach().float().chunk(2)
                reals.append(judged_real.flatten())
                fakes.append(judged_fake.flatten())
        return self.config.adversarial * loss, losses.judged(GAME, torch.cat(reals), torch.cat(fakes))

    def _clip_rho(self, clock: Clock) -> None:
        clip_rho(self.g_ab)
        clip_rho(self.g_ba)

    def _advance(self, clock: Clock) -> None:
        for critics in self.critics:
            for critic in critics:
                advance(critic)

    def generate(self, request: TranslationRequest) -> Tensor:
        """The translation of each source, its ``direction``'s way."""
        return translate(
            request.source,
            request.direction,
            lambda source: self.g_ab(source).output,
            lambda source: self.g_ba(source).output,
        )

    @torch.no_grad()
    def heatmap(self, request: TranslationRequest) -> Tensor:
        """Where the generator looks when it translates: float [N, 1, H, W] in [0, 1], 1 the most of each picture."""
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
    """The translations of ``source``, what becomes of pictures ``already`` of the kind wanted, and the loss of the
    classifier that tells the two apart (cross-entropy; ``source`` is what must be changed)."""
    seen: Seen = generator(torch.cat([source, already]))
    to_change, to_leave = seen.logits.float().chunk(2)
    fake, same = seen.output.chunk(2)
    return fake, same, F.softplus(-to_change).mean() + F.softplus(to_leave).mean()
