"""R3GAN (Huang et al. 2024): a regularised relativistic loss and plain residual networks.

    D minimises E softplus(D(G(z)) − D(x)) + γ/2 · (E‖∇D(x)‖² + E‖∇D(G(z))‖²),
    G minimises E softplus(D(x) − D(G(z))),

over pairs of real and generated pictures, with both zero-centred penalties (R1, R2) at every step, which gives local
convergence. γ, the learning rate, Adam's β₂, the half-life of the averaged weights and the augmentation follow half a
cosine from their first to their last value during ``ramp_kimg``, and are constant afterwards.
"""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses, noise
from ganvas.models.advice import GENERAL, If, Table
from ganvas.models.augment import PIPES, Ada
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.capabilities import HasNormalLatentSpace
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.networks.r3gan import Discriminator, Generator, Level
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

Ramp = tuple[float, float]


class R3GANConfig(FamilyConfig):
    """Settings of ``r3gan``. Pairs are (initial value, value after the ramp)."""

    z_dim: int = Field(64, ge=1, description="length of the latent")
    widths: tuple[int, ...] | None = Field(
        None, description="channels from 4 px up; null: 768 up to 32 px, then halved at each doubling"
    )
    group_width: int = Field(16, ge=1, description="channels per group of the grouped convolutions")
    groups: tuple[int, ...] | None = Field(None, description="groups from 4 px up; null: from group_width")
    blocks: int = Field(2, ge=1, description="residual blocks at each resolution")
    expansion: int = Field(2, ge=1, description="factor by which the inner layers of a block are wider")
    class_dim: int = Field(64, ge=1, description="length of the class embedding, with classes")
    lr: Ramp = Field((2e-4, 5e-5), description="Adam's learning rate")
    beta2: Ramp = Field((0.9, 0.99), description="Adam's β₂; β₁ is 0")
    gamma: Ramp = Field(
        (2.0, 0.2), description="weight γ of R1 and R2; in the paper 75 times larger at 256 than at 64 px"
    )
    augment: bool = Field(True, description="augment before the discriminator")
    augment_p: Ramp = Field((0.0, 0.3), description="probability of each transform")
    pipe: str = Field("r3gan", description="transforms: " + ", ".join(PIPES))
    ema_from_zero: bool = Field(
        True, description="the half-life of the averaged weights rises from 0 to train.ema_kimg"
    )
    ramp_kimg: float | None = Field(None, gt=0, description="length of all ramps; null: the whole training")

    @model_validator(mode="after")
    def _fits_together(self) -> R3GANConfig:
        if self.pipe not in PIPES:
            raise ValueError(f"there is no pipe {self.pipe!r}; choose one of {', '.join(PIPES)}")
        if min(*self.lr, *self.gamma) < 0 or not all(0 <= p <= 1 for p in (*self.augment_p, *self.beta2)):
            raise ValueError("lr and gamma must not be negative, beta2 and augment_p must lie in [0, 1]")
        return self

    def levels(self, resolution: int) -> list[Level]:
        """Width, groups and blocks at each resolution from 4 px up.

        Raises:
            UserError: The widths do not fit the resolution or the groups.
        """
        count = resolution.bit_length() - 2
        if resolution != 2 ** (count + 1) or count < 1:
            raise UserError(f"r3gan makes pictures of 4, 8, 16, 32, … pixels, not {resolution}; change resolution.")
        widths = self.widths or tuple(max(768 >> max(i - 3, 0), 1) for i in range(count))
        groups = self.groups or tuple(width * self.expansion // self.group_width for width in widths)
        if not len(widths) == len(groups) == count:
            raise UserError(
                f"model.widths (and groups) must list {count} numbers for {resolution} px, one for each of "
                f"{', '.join(str(4 << i) for i in range(count))} px."
            )
        for width, group in zip(widths, groups, strict=True):
            if group < 1 or width * self.expansion % group:
                raise UserError(
                    f"r3gan cannot split {width * self.expansion} inner channels into {group} groups; "
                    "take a width × expansion that group_width divides."
                )
        return [Level(width, group, self.blocks) for width, group in zip(widths, groups, strict=True)]


AUGMENT = (
    If("a higher second number of model.augment_p", when={"augment": True}),
    If("model.augment=true", when={"augment": False}),
)


class R3GAN(HasNormalLatentSpace, Family):
    """R3GAN; conditional where the data have classes. Fakes have the labels of the real pictures of the step.

    Both networks are trained on the same real pictures in a step, where the paper's code draws new ones for each.
    """

    task = "synthesis"
    makes_opacity = True
    numbered_down = ("discriminator.layers",)
    Config: ClassVar[type[FamilyConfig]] = R3GANConfig
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_overpowers": ("more pictures", "two to four times both numbers of model.gamma", *AUGMENT),
        "quality_falls": ("more pictures", "two to four times both numbers of model.gamma", *AUGMENT),
        "discriminator_is_blind": ("a quarter of both numbers of model.gamma",),
        "collapse": ("two to four times both numbers of model.gamma", "a larger train.batch_size"),
        "gradients_explode": ("two to four times both numbers of model.gamma", "half of both numbers of model.lr"),
        "generator_gradient_vanishes": (
            "two to four times both numbers of model.gamma",
            "half of both numbers of model.lr",
        ),
        "not_finite": ("half of both numbers of model.lr", *GENERAL["not_finite"]),
    }

    config: R3GANConfig

    def __init__(self, config: R3GANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        self.z_dim = config.z_dim
        levels = config.levels(data.resolution)
        classes = len(data.classes)
        self.generator = Generator(
            levels,
            data.channels,
            z_dim=config.z_dim,
            expansion=config.expansion,
            classes=classes,
            class_dim=config.class_dim,
        )
        self.discriminator = Discriminator(
            levels, data.channels, expansion=config.expansion, classes=classes, class_dim=levels[-1].width
        )
        self.augment: nn.Module = Ada(config.pipe) if config.augment else nn.Identity()

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = R3GANConfig(z_dim=8, widths=(8, 8, 8), group_width=4, gamma=(0.2, 0.02), lr=(2e-3, 5e-4))  # type: ignore[call-arg]
        return config, DataSpec(resolution=16)  # type: ignore[call-arg]

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("D", ("discriminator",), self.discriminator_phase),
            Phase("G", ("generator",), self.generator_phase),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=self._lr_scale, betas=self._betas),)

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr[0], (0.0, self.config.beta2[0]))

    # ── Schedules ───────────────────────────────────────────────────────────────────────────────────────────────────

    def ramped(self, ends: Ramp, clock: Clock) -> float:
        """A value between ``ends[0]`` and ``ends[1]``, along half a cosine over the ramp."""
        share = min(clock.kimg / (self.config.ramp_kimg or self.kimg), 1.0)
        return ends[0] + (ends[1] - ends[0]) * (1 - math.cos(math.pi * share)) / 2

    def _lr_scale(self, clock: Clock) -> float:
        return self.ramped(self.config.lr, clock) / self.config.lr[0]

    def _betas(self, clock: Clock) -> tuple[float, float]:
        return 0.0, self.ramped(self.config.beta2, clock)

    def ema_kimg(self, clock: Clock, wanted: float) -> float:
        return self.ramped((0.0, wanted), clock) if self.config.ema_from_zero else wanted

    def prepare(self, batch: SynthesisBatch, clock: Clock) -> SynthesisBatch:
        """Return the batch unchanged; set the probability of the augmentation."""
        if isinstance(self.augment, Ada):
            self.augment.p.fill_(self.ramped(self.config.augment_p, clock))
        return batch

    # ── Phases ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def render(self, y: Tensor) -> Tensor:
        """Fakes of classes ``y`` [N] from new noise, float [N, C, R, R]."""
        fake: Tensor = self.generator(noise.normal(len(y), self.z_dim, device=y.device), y)
        return fake

    def discriminate(self, x: Tensor, y: Tensor) -> Tensor:
        """Logits [N] of augmented pictures."""
        logits: Tensor = self.discriminator(self.augment(x), y)
        return logits

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """E softplus(D(G(z)) − D(x)) + γ/2 · (R1 + R2)."""
        with torch.no_grad():
            fake = self.render(batch.y)
        y = batch.y
        real_logits, at_real = losses.logits_and_gradient(lambda x: self.discriminate(x, y), batch.x)
        fake_logits, at_fake = losses.logits_and_gradient(lambda x: self.discriminate(x, y), fake)
        r1, r2 = losses.squared_norm(at_real).mean(), losses.squared_norm(at_fake).mean()
        adversarial = losses.discriminator_loss("relativistic", real_logits, fake_logits)
        loss = adversarial + self.ramped(self.config.gamma, clock) / 2 * (r1 + r2)
        shown = losses.discriminator_statistics("relativistic", real_logits, fake_logits)
        shown |= {"adversarial": adversarial.detach(), "r1": r1.detach(), "r2": r2.detach()}
        return loss, shown

    def generator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """E softplus(D(x) − D(G(z)))."""
        fake_logits = self.discriminate(self.render(batch.y), batch.y)
        with torch.no_grad():  # they do not depend on the generator
            real_logits = self.discriminate(batch.x, batch.y)
        loss = losses.generator_loss("relativistic", fake_logits, real_logits)
        return loss, {"fake_logits": fake_logits.detach().mean()}

    def generate(self, request: SynthesisRequest) -> Tensor:
        """See the base class. ``request.psi`` is ignored: there is no truncation."""
        picture: Tensor = self.generator(request.z, request.y)
        return picture.clamp(-1, 1)

    def sefa_weights(self) -> list[Tensor]:
        """The linear layer of the 4 × 4 basis."""
        return [self.generator.basis.weight[:, : self.z_dim]]
