"""DCGAN, LSGAN, hinge GAN, WGAN-GP and RpGAN: one pair of networks, five adversarial losses, optional classes.

The defaults are Radford, Metz & Chintala 2016 with the settings of the PyTorch example. ``game`` selects the loss:
LSGAN (Mao et al. 2017), hinge, WGAN-GP (Gulrajani et al. 2017) or RpGAN (Jolicoeur-Martineau 2019).

A step updates ``D`` first, then ``G`` on the same fakes against the new ``D``, as published.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from pydantic import Field, model_validator
from torch import Tensor
from torch.optim import Optimizer

from ganvas.models import losses, noise
from ganvas.models.advice import GENERAL, If, Table
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.capabilities import HasNormalLatentSpace
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import NormName
from ganvas.models.networks.dcgan import Discriminator, Generator
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec


class DCGANConfig(FamilyConfig):
    """Settings of ``dcgan``. ``game`` sets the defaults of norm, discriminator steps and gradient penalty."""

    game: losses.LossName = Field("non_saturating", description="adversarial loss")
    z_dim: int = Field(100, ge=1, description="length of the latent")
    width: int = Field(64, ge=1, description="channels of the layer next to the picture, both networks")
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, both networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, both networks")
    norm: NormName = Field("batch", description="normalisation of the discriminator; layer with a gradient penalty")
    spectral_norm: bool = Field(False, description="spectral normalisation of the discriminator")
    minibatch_discrimination: int = Field(0, ge=0, description="features of minibatch discrimination; 0: none")
    class_dim: int = Field(64, ge=1, description="length of the class embedding, with classes")
    d_repeat: int = Field(1, ge=1, description="discriminator steps per generator step; 5 with wasserstein")
    gradient_penalty: float = Field(
        0.0, ge=0, description="weight λ of the gradient penalty of WGAN-GP; 10 with wasserstein"
    )
    drift: float = Field(0.0, ge=0, description="weight of E[D(x)²] (Karras et al. 2018)")
    r1: float = Field(0.0, ge=0, description="weight γ of the R1 penalty")
    label_smoothing: float = Field(
        0.0, ge=0, lt=0.5, description="label smoothing: the target of real pictures is 1 minus this"
    )

    @model_validator(mode="before")
    @classmethod
    def _default_by_loss(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        chosen: dict[str, Any] = {}
        if values.get("game") == "wasserstein":
            chosen |= {"d_repeat": 5, "gradient_penalty": 10.0}
        if any((chosen | values).get(penalty) for penalty in ("gradient_penalty", "r1")):
            chosen["norm"] = "layer"
        return chosen | values

    @model_validator(mode="after")
    def _fits_together(self) -> DCGANConfig:
        mixes = [name for name, on in (("norm: batch", self.norm == "batch"),) if on]
        mixes += ["minibatch_discrimination"] if self.minibatch_discrimination else []
        if mixes and (self.gradient_penalty or self.r1):
            raise ValueError(
                f"a gradient penalty is defined per picture, but {' and '.join(mixes)} mixes the pictures of a "
                "batch: use norm layer, instance or none, and minibatch_discrimination 0"
            )
        if self.label_smoothing and self.game not in ("non_saturating", "vanilla"):
            raise ValueError(f"label_smoothing belongs to the non_saturating loss, not to {self.game}")
        return self


SPECTRAL = If("model.spectral_norm=true", when={"spectral_norm": False})
HINGE = If("model.game=hinge", when={"label_smoothing": False}, unless={"game": ("hinge", "wasserstein")})


class DCGAN(HasNormalLatentSpace, Family):
    """DCGAN; conditional where the data have classes.

    Fakes have the labels ``batch.y`` of the real pictures of the step, so that both halves of the discriminator's
    batch have the same class frequencies; with labels drawn uniformly it could recognise fakes by their class alone.
    """

    task = "synthesis"
    makes_opacity = True
    Config: ClassVar[type[FamilyConfig]] = DCGANConfig
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_overpowers": (
            SPECTRAL,
            HINGE,
            If(
                "model.label_smoothing=0.1",
                when={"game": ("non_saturating", "vanilla"), "label_smoothing": False},
            ),
            If("model.d_repeat=1", unless={"d_repeat": 1}),
            "a lower model.lr",
            "more pictures",
        ),
        "discriminator_is_blind": ("a larger model.d_repeat", "twice the model.width"),
        "generator_gradient_vanishes": (HINGE, SPECTRAL, "half of model.lr", "an earlier checkpoint"),
        "gradients_explode": (SPECTRAL, "half of model.lr", "an earlier checkpoint"),
        "collapse": (
            If(
                "model.minibatch_discrimination=16",
                when={"gradient_penalty": False, "r1": False, "minibatch_discrimination": False},
            ),
            "a larger train.batch_size",
            SPECTRAL,
            "an earlier checkpoint",
        ),
        "quality_falls": ("more pictures", SPECTRAL, "half of model.width"),
        "not_finite": ("half of model.lr", *GENERAL["not_finite"]),
    }

    config: DCGANConfig

    def __init__(self, config: DCGANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        self.z_dim = config.z_dim
        self.critic = config.game == "wasserstein"
        classes = len(data.classes)
        self.generator = Generator(
            data.resolution, data.channels, config.z_dim, config.width, classes, config.class_dim
        )
        self.discriminator = Discriminator(
            data.resolution,
            data.channels,
            config.width,
            classes,
            norm=config.norm,
            spectral=config.spectral_norm,
            minibatch=config.minibatch_discrimination,
        )

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        return DCGANConfig(z_dim=8, width=4), DataSpec(resolution=16)  # type: ignore[call-arg]

    def stages(self) -> tuple[Stage, ...]:
        return (
            Stage(
                "adversarial",
                self.kimg,
                (
                    Phase(
                        "D",
                        ("discriminator",),
                        self.discriminator_phase,
                        repeat=self.config.d_repeat,
                        fakes=self.render,
                    ),
                    Phase("G", ("generator",), self.generator_phase, render=self.render),
                ),
            ),
        )

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def render(self, batch: SynthesisBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: pictures of the classes of a batch from new noise, float [N, C, R, R]."""
        z = noise.normal(len(batch.x), self.z_dim, device=batch.x.device)
        return {"fake": self.generator(z, batch.y)}

    def generator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The adversarial loss of ``G``."""
        fake_logits = self.discriminator(batch.memo["fake"], batch.y)
        real_logits = losses.real_logits_if_paired(self.config.game, lambda: self.discriminator(batch.x, batch.y))
        loss = losses.generator_loss(self.config.game, fake_logits, real_logits)
        return loss, {"fake_logits": fake_logits.detach().mean()}

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The adversarial loss of ``D`` and its penalties."""
        config, fake = self.config, batch.memo["fake"]

        def discriminate(x: Tensor) -> Tensor:
            logits: Tensor = self.discriminator(x, batch.y)
            return logits

        penalties: dict[str, Tensor] = {}
        if config.r1:
            real_logits, gradient = losses.logits_and_gradient(discriminate, batch.x)
            penalties["r1"] = config.r1 / 2 * losses.squared_norm(gradient).mean()
        else:
            real_logits = discriminate(batch.x)
        fake_logits = discriminate(fake)
        if config.gradient_penalty:
            penalties["gradient_penalty"] = (
                config.gradient_penalty * losses.gradient_penalty(discriminate, batch.x, fake).mean()
            )
        if config.drift:
            penalties["drift"] = config.drift * real_logits.square().mean()
        loss = losses.discriminator_loss(config.game, real_logits, fake_logits, smoothing=config.label_smoothing)
        loss = torch.stack([loss, *penalties.values()]).sum()
        shown = losses.detached(penalties)
        return loss, losses.discriminator_statistics(config.game, real_logits, fake_logits) | shown

    def generate(self, request: SynthesisRequest) -> Tensor:
        """See the base class. ``request.psi`` is ignored: there is no truncation."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.z, request.y)
        return pictures

    def sefa_weights(self) -> list[Tensor]:
        """The weight of the first layer."""
        weight = self.generator.main[0].get_parameter("weight")  # [inputs, outputs, 4, 4]
        return [weight.flatten(1).t()[:, : self.z_dim]]
