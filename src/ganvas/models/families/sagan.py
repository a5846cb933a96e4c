"""SAGAN: residual networks with self-attention, trained with the hinge loss (Zhang et al. 2019).

Self-attention at one resolution, spectral normalisation in *both* networks, two learning rates (TTUR, Heusel et al.
2017), class-conditional batch norm and a projection discriminator where there are classes. Settings are those of the
BigGAN authors' PyTorch version. A step updates ``D`` first, then ``G`` on the same fakes against the new ``D``; theirs
renders new ones for ``G``.

Batch statistics are those of one micro-batch in one process: with several processes, or with a micro-batch smaller
than the batch, they differ slightly from those of the whole batch.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.models import losses, noise
from ganvas.models.advice import GENERAL, If, Table
from ganvas.models.augment import DiffAugment
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.capabilities import HasNormalLatentSpace
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.layers.initialization import InitName
from ganvas.models.layers.modes import evaluating
from ganvas.models.networks.biggan import Discriminator, Generator, check_sizes
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec


class SAGANConfig(FamilyConfig):
    """Settings of ``sagan``."""

    z_dim: int = Field(128, ge=1, description="length of the latent")
    channels: int = Field(
        64, ge=1, description="channel multiplier of both networks; the widest layers have 16 times as many"
    )
    shared_dim: int = Field(
        128, ge=0, description="length of the class embedding that all norms share; 0: one embedding per norm"
    )
    attention: tuple[int, ...] | None = Field(
        None, description="sides of the feature maps with self-attention; null: half the side of the picture"
    )
    lr_g: float = Field(1e-4, gt=0, description="Adam's learning rate, generator")
    lr_d: float = Field(4e-4, gt=0, description="Adam's learning rate, discriminator")
    betas: tuple[float, float] = Field((0.0, 0.999), description="Adam's betas, both networks")
    init: InitName = Field("xavier", description="initialisation of the weights")
    d_repeat: int = Field(1, ge=1, description="discriminator steps per generator step")
    augment: tuple[Literal["color", "translation", "cutout"], ...] = Field(
        (), description="differentiable augmentation (Zhao et al. 2020) before the discriminator"
    )
    spectral_eps: float = Field(
        1e-6, gt=0, description="lower bound of the norms that spectral normalisation divides by"
    )


AUGMENT = If("model.augment=[translation,cutout]", when={"augment": False})


class SAGAN(HasNormalLatentSpace, Family):
    """SAGAN. Fakes have the labels of the real pictures of the step.

    Without classes the norms have learned constants and the discriminator has no projection.
    """

    task = "synthesis"
    makes_opacity = True
    numbered_down = ("discriminator.blocks", "discriminator.attention")
    Config: ClassVar[type[FamilyConfig]] = SAGANConfig
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_overpowers": (
            "half of model.lr_d",
            AUGMENT,
            If("model.d_repeat=1", unless={"d_repeat": 1}),
            "fewer model.channels",
            "more pictures",
        ),
        "discriminator_is_blind": ("a larger model.d_repeat", "twice the model.lr_d"),
        "generator_gradient_vanishes": ("half of model.lr_d", "an earlier checkpoint"),
        "gradients_explode": ("half of model.lr_g and model.lr_d", "a larger train.batch_size"),
        "collapse": ("a larger train.batch_size", "a lower model.lr_g", "an earlier checkpoint"),
        "quality_falls": ("more pictures", AUGMENT, "fewer model.channels"),
        "not_finite": ("half of model.lr_g and model.lr_d", *GENERAL["not_finite"]),
    }

    config: SAGANConfig

    def __init__(self, config: SAGANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        attention = (data.resolution // 2,) if config.attention is None else config.attention
        check_sizes("sagan", data.resolution, attention)
        self.z_dim = config.z_dim
        self.generator = Generator(
            data.resolution,
            data.channels,
            config.channels,
            config.z_dim,
            len(data.classes),
            shared_dim=config.shared_dim,
            hierarchical=False,
            attention=attention,
            init=config.init,
            eps=config.spectral_eps,
        )
        self.discriminator = Discriminator(
            data.resolution,
            data.channels,
            config.channels,
            len(data.classes),
            attention=attention,
            init=config.init,
            eps=config.spectral_eps,
        )

        self.augment = DiffAugment(config.augment)

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        data = DataSpec(resolution=32, classes=("disc", "square"))  # type: ignore[call-arg]
        return SAGANConfig(z_dim=8, channels=2, shared_dim=4), data  # type: ignore[call-arg]

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("D", ("discriminator",), self.discriminator_phase, repeat=self.config.d_repeat, fakes=self.render),
            Phase("G", ("generator",), self.generator_phase, render=self.render),
        )
        return (Stage("adversarial", self.kimg, phases),)

    def optimizer(self, network: str) -> Optimizer:
        rate = self.config.lr_g if network == "generator" else self.config.lr_d
        return adam(self.get_submodule(network), rate, self.config.betas)

    def render(self, batch: SynthesisBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: pictures of the classes of a batch from new noise, float [N, C, R, R]."""
        z = noise.normal(len(batch.x), self.z_dim, device=batch.x.device)
        return {"fake": self.generator(z, batch.y)}

    def generator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The hinge loss of ``G``."""
        fake_logits = self.discriminator(self.augment(batch.memo["fake"]), batch.y)
        return losses.generator_loss("hinge", fake_logits), {"fake_logits": fake_logits.detach().mean()}

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The hinge loss of ``D``."""
        # One pass over both: one power iteration, and no layer of the discriminator mixes pictures.
        x = self.augment(torch.cat([batch.x, batch.memo["fake"]]))
        logits = self.discriminator(x, torch.cat([batch.y, batch.y]))
        real_logits, fake_logits = logits.chunk(2)
        loss = losses.discriminator_loss("hinge", real_logits, fake_logits)
        return loss, losses.discriminator_statistics("hinge", real_logits, fake_logits)

    def generate(self, request: SynthesisRequest) -> Tensor:
        """See the base class. ``request.psi`` is ignored: there is no truncation."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.z, request.y)
        return pictures

    def sefa_weights(self) -> list[Tensor]:
        """The weight of the first layer."""
        return [self.generator.linear.weight]
