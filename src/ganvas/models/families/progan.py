"""Progressive GAN: both networks grow from 4 px to the full size (Karras, Aila, Laine & Lehtinen 2018).

One stage per resolution, each with its own batch size and fresh optimisers: the new layers are faded in, then trained
further. The loss is WGAN-GP with a drift term; with classes, an auxiliary classifier (as in the paper) or a projection.
A step updates ``D`` first, then ``G`` on the same fakes against the new ``D``; the paper's code renders new ones for
``G``.

The lengths of the stages are shares of the recipe's ``kimg``: one unit at 4 px, two at every further resolution (fade,
stabilise), ``final_units`` more at the last. At 1,024 px, 12,000 kimg and 3 more units, a unit is the 600 kimg of the
paper.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.models import losses, noise
from ganvas.models.advice import GENERAL, If, Table
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.capabilities import HasNormalLatentSpace
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.networks.progan import SMALLEST, Discriminator, Generator, double, levels
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

BATCHES = {4: 128, 8: 128, 16: 128, 32: 64, 64: 32, 128: 16, 256: 8, 512: 4, 1024: 4}


class ProGANConfig(FamilyConfig):
    """Settings of ``progan``."""

    z_dim: int = Field(512, ge=1, description="length of the latent")
    base: int = Field(8192, ge=4, description="channels × side of feature maps narrower than widest")
    widest: int = Field(512, ge=1, description="largest number of channels of a feature map")
    group_size: int = Field(4, ge=1, description="pictures per group of the minibatch standard deviation; 1: none")
    conditioning: Literal["acgan", "projection"] = Field("acgan", description="how D is conditioned on classes")
    class_weight: float = Field(1.0, ge=0, description="weight of the cross-entropy of the classifier (acgan)")
    gradient_penalty: float = Field(10.0, ge=0, description="weight λ of the gradient penalty of WGAN-GP")
    drift: float = Field(1e-3, ge=0, description="weight of E[D(x)²], which keeps logits near 0")
    lr: float = Field(1e-3, gt=0, description="Adam's learning rate, both networks")
    lr_scales: dict[int, float] = Field({1024: 1.5}, description="factor of the learning rate at a resolution")
    betas: tuple[float, float] = Field((0.0, 0.99), description="Adam's betas, both networks")
    adam_eps: float = Field(1e-8, gt=0, description="Adam's epsilon, both networks")
    batch_sizes: dict[int, int] = Field(
        BATCHES, description="batch size at a resolution; that of the recipe where missing"
    )
    final_units: float = Field(3.0, ge=0, description="units of the last resolution besides its two")
    d_repeat: int = Field(1, ge=1, description="discriminator steps per generator step")


class ProGAN(HasNormalLatentSpace, Family):
    """Progressive GAN. Fakes have the labels of the real pictures of the step.

    The buffer ``reached`` (0-d) holds depth − 1 + alpha of the last step: 1.25 is 16 px, faded in by a quarter.
    """

    task = "synthesis"
    makes_opacity = True
    Config: ClassVar[type[FamilyConfig]] = ProGANConfig
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "gradients_explode": (
            If("a larger model.gradient_penalty", when={"gradient_penalty": True}),
            If("model.gradient_penalty=10", when={"gradient_penalty": False}),
            "half of model.lr",
            If("model.drift=0.001", when={"drift": False}),
        ),
        "collapse": (
            If("model.group_size=4", when={"group_size": 1}),
            "larger model.batch_sizes",
            "more model.final_units",
            "an earlier checkpoint",
        ),
        "generator_gradient_vanishes": ("a larger model.drift", "half of model.lr", "an earlier checkpoint"),
        "quality_falls": ("more pictures", "a smaller model.base (both networks get narrower)"),
        "not_finite": ("half of model.lr", *GENERAL["not_finite"]),
    }

    config: ProGANConfig
    reached: Tensor

    def __init__(self, config: ProGANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        self.z_dim = config.z_dim
        self.critic = True
        self.levels = levels(data.resolution)
        classes = len(data.classes)
        self.generator = Generator(self.levels, data.channels, config.z_dim, config.base, config.widest, classes)
        self.discriminator = Discriminator(
            self.levels,
            data.channels,
            config.base,
            config.widest,
            group_size=config.group_size,
            classes=classes if config.conditioning == "acgan" else 0,
            projected=classes if config.conditioning == "projection" else 0,
        )
        self.register_buffer("reached", torch.zeros(()))

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = ProGANConfig(z_dim=8, base=64, widest=8, batch_sizes=dict.fromkeys((4, 8, 16), 8))  # type: ignore[call-arg]
        return config, DataSpec(resolution=16, classes=("disc", "square"))  # type: ignore[call-arg]

    # ── Stages ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def unit_kimg(self) -> float:
        """Length of a fade, and of the stage at 4 px, in kimg."""
        return self.kimg / (2 * self.levels - 1 + self.config.final_units)

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("D", ("discriminator",), self.discriminator_phase, repeat=self.config.d_repeat, fakes=self.render),
            Phase("G", ("generator",), self.generator_phase, after=self.store_growth, render=self.render),
        )
        return tuple(self._stage(depth, phases) for depth in range(self.levels))

    def _stage(self, depth: int, phases: tuple[Phase, ...]) -> Stage:
        units = 2.0 if depth else 1.0
        if depth == self.levels - 1:
            units += self.config.final_units
        side = SMALLEST * 2**depth
        scale = self.config.lr_scales.get(side, 1.0)
        return Stage(
            f"{side}px",
            units * self.unit_kimg,
            phases,
            batch_size=self.config.batch_sizes.get(side),
            fresh_optimizers=True,
            lr_scale=lambda clock: scale,
        )

    def growth(self, clock: Clock) -> tuple[int, float]:
        """Depth (0 is 4 px) and weight alpha of the newest layers, in [0, 1]."""
        return clock.stage, clock.ramp(0.0, self.unit_kimg) if clock.stage else 1.0

    def store_growth(self, clock: Clock) -> None:
        """Store in ``reached`` the resolution for :meth:`generate`."""
        depth, alpha = self.growth(clock)
        self.reached.fill_(depth - 1 + alpha)

    def optimizer(self, network: str) -> Optimizer:
        config = self.config
        return adam(self.get_submodule(network), config.lr, config.betas, eps=config.adam_eps)

    def ema_kimg(self, clock: Clock, wanted: float) -> float:
        """As many steps at each batch size as ``wanted`` at the last: the decay of the paper is 0.999 per step."""
        return wanted * clock.batch_size / self.config.batch_sizes.get(self.data.resolution, clock.batch_size)

    def prepare(self, batch: SynthesisBatch, clock: Clock) -> SynthesisBatch:
        """Pictures at the resolution of the stage, faded in like the networks: lerp(halved and doubled x, x, alpha)."""
        depth, alpha = self.growth(clock)
        x = batch.x
        if depth < self.levels - 1:
            x = F.avg_pool2d(x, 2 ** (self.levels - 1 - depth))
        if alpha < 1:
            x = torch.lerp(double(F.avg_pool2d(x, 2)), x, alpha)
        return batch._replace(x=x)

    # ── Phases ────────────────────────────────────────────────────────────────────────────────────────────────────

    def render(self, batch: SynthesisBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: pictures of the classes of a batch at the resolution of the stage, from new noise."""
        z = noise.normal(len(batch.x), self.z_dim, device=batch.x.device)
        return {"fake": self.generator(z, batch.y, *self.growth(clock))}

    def generator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """−E D(G(z)), and with a classifier the cross-entropy of its logits on the fakes."""
        fake_logits, class_logits = self.discriminator(batch.memo["fake"], batch.y, *self.growth(clock))
        loss = losses.generator_loss("wasserstein", fake_logits)
        shown = {"fake_logits": fake_logits.detach().mean()}
        if class_logits is not None:
            entropy = self.config.class_weight * F.cross_entropy(class_logits, batch.y)
            shown["classes"] = entropy.detach()
            loss = loss + entropy
        return loss, shown

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """E D(G(z)) − E D(x) + λ · gradient penalty + drift (+ cross-entropies): Karras et al. 2018, §A.1."""
        config, fake, growth = self.config, batch.memo["fake"], self.growth(clock)
        real_logits, real_class_logits = self.discriminator(batch.x, batch.y, *growth)
        fake_logits, fake_class_logits = self.discriminator(fake, batch.y, *growth)

        def discriminate(x: Tensor) -> Tensor:
            logits: Tensor = self.discriminator(x, batch.y, *growth)[0]
            return logits

        terms: dict[str, Tensor] = {}
        if config.gradient_penalty:
            terms["gradient_penalty"] = (
                config.gradient_penalty * losses.gradient_penalty(discriminate, batch.x, fake).mean()
            )
        if config.drift:
            terms["drift"] = config.drift * real_logits.square().mean()
        if real_class_logits is not None and fake_class_logits is not None:
            entropies = F.cross_entropy(real_class_logits, batch.y) + F.cross_entropy(fake_class_logits, batch.y)
            terms["classes"] = config.class_weight * entropies
        loss = losses.discriminator_loss("wasserstein", real_logits, fake_logits)
        loss = torch.stack([loss, *terms.values()]).sum()
        shown = losses.detached(terms)
        return loss, losses.discriminator_statistics("wasserstein", real_logits, fake_logits) | shown

    def generate(self, request: SynthesisRequest) -> Tensor:
        """See the base class. Pictures of a smaller stage are enlarged to the full resolution (nearest).

        ``request.psi`` is ignored: the latent is normalised, so there is no truncation.
        """
        if torch.compiler.is_exporting():  # a value read from a buffer cannot control the flow of an exported graph
            return self.generator.forward_at(request.z, request.y, self.reached).clamp(-1, 1)
        position = float(self.reached)
        depth = -int(-position // 1)
        picture: Tensor = self.generator(request.z, request.y, depth, position - depth + 1)
        if depth < self.levels - 1:
            picture = F.interpolate(picture, scale_factor=float(2 ** (self.levels - 1 - depth)), mode="nearest")
        return picture.clamp(-1, 1)

    def sefa_weights(self) -> list[Tensor]:
        """The weight of the first layer."""
        return [self.generator.first.weight[:, : self.z_dim]]
