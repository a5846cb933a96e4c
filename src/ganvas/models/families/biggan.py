"""BigGAN: SAGAN at large scale (Brock, Donahue & Simonyan 2019).

A class embedding that all norms share, a latent split into one part per block, orthogonal initialisation, and the
truncation trick: z is scaled by ``psi``, which trades variety for quality. (The paper resamples each component while it
exceeds a threshold; its code also scales. Scaling keeps the correspondence of seeds and pictures.) Truncated latents
need batch statistics of their own: :meth:`BigGAN.measure_standing_statistics` measures them at several values
of ``psi`` when training is over, and a picture takes those that lie around its ``psi``.

A step updates ``D`` first, with ``d_repeat`` several times on further fakes each, then ``G`` on the first fakes against
the new ``D``, where the paper's code renders new ones. Gradient accumulation is the trainer's ``micro_batch``. Batch
statistics are those of one micro-batch in one process, where the paper takes
them over all processes: with several processes use a large share per process.
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
from ganvas.models.capabilities import HasLatentSpace, HasStandingStatistics, Truncates
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.layers.classes import class_weights
from ganvas.models.layers.conditional import measure_statistics
from ganvas.models.layers.initialization import InitName
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.precision import without_autocast
from ganvas.models.networks.biggan import Discriminator, Generator, check_sizes
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

TRUNCATIONS = 6  # standing statistics at psi 0, 0.2, … 1


class BigGANConfig(FamilyConfig):
    """Settings of ``biggan``."""

    z_dim: int = Field(120, ge=1, description="length of the latent; rounded down to equal parts with hierarchical")
    channels: int = Field(
        96, ge=1, description="channel multiplier of both networks; the widest layers have 16 times as many"
    )
    shared_dim: int = Field(
        128, ge=0, description="length of the class embedding that all norms share; 0: one embedding per norm"
    )
    hierarchical: bool = Field(True, description="one part of the latent per block")
    attention: tuple[int, ...] | None = Field(
        None, description="sides of the feature maps with self-attention; null: half the side of the picture"
    )
    lr_g: float = Field(1e-4, gt=0, description="Adam's learning rate, generator")
    lr_d: float = Field(4e-4, gt=0, description="Adam's learning rate, discriminator")
    betas: tuple[float, float] = Field((0.0, 0.999), description="Adam's betas, both networks")
    adam_eps: float = Field(1e-6, gt=0, description="Adam's epsilon, both networks")
    init: InitName = Field("orthogonal", description="initialisation of the weights")
    orthogonal: float = Field(0.0, ge=0, description="weight of orthogonal regularisation of G; 1e-4 in the paper")
    d_repeat: int = Field(1, ge=1, description="discriminator steps per generator step")
    augment: tuple[Literal["color", "translation", "cutout"], ...] = Field(
        (), description="differentiable augmentation (Zhao et al. 2020) before the discriminator"
    )
    spectral_eps: float = Field(
        1e-6, gt=0, description="lower bound of the norms that spectral normalisation divides by"
    )
    standing_batches: int = Field(16, ge=1, description="batches of 32 per standing statistic")


def orthogonal_penalty(network: torch.nn.Module, spared: tuple[torch.nn.Module, ...] = ()) -> Tensor:
    """Orthogonal regularisation ½ Σ ‖W Wᵀ ⊙ (1 − I)‖² over the weight matrices of a network, a scalar.

    Brock et al. 2019, eq. 3, halved as in the authors' code (whose gradient is 2 (W Wᵀ ⊙ (1 − I)) W).

    Args:
        network: Its parameters of one dimension are left out.
        spared: Modules that are left out.
    """
    left_out = {id(p) for module in spared for p in module.parameters()}
    total = torch.zeros((), device=next(network.parameters()).device)
    with without_autocast(total):
        for parameter in network.parameters():
            if parameter.dim() < 2 or id(parameter) in left_out:
                continue
            matrix = parameter.flatten(1)
            gram = matrix @ matrix.t()
            total = total + (gram.square().sum() - gram.diagonal().square().sum()) / 2
    return total


AUGMENT = If("model.augment=[translation,cutout]", when={"augment": False})


class BigGAN(HasLatentSpace, HasStandingStatistics, Truncates, Family):
    """BigGAN. Fakes have the labels of the real pictures of the step; data without classes count as one class."""

    task = "synthesis"
    makes_opacity = True
    numbered_down = ("discriminator.blocks", "discriminator.attention")
    Config: ClassVar[type[FamilyConfig]] = BigGANConfig
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
        "gradients_explode": (
            "half of model.lr_g and model.lr_d",
            "a larger train.batch_size",
            If("model.orthogonal=1e-4", when={"orthogonal": False}),
        ),
        "collapse": (
            "a larger train.batch_size",
            "the best checkpoint (long trainings of BigGAN collapse in the end)",
        ),
        "quality_falls": ("more pictures", AUGMENT, "fewer model.channels"),
        "not_finite": ("half of model.lr_g and model.lr_d", *GENERAL["not_finite"]),
    }

    config: BigGANConfig

    def __init__(self, config: BigGANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        half = (data.resolution // 2,)
        attention = half if config.attention is None else config.attention
        check_sizes("biggan", data.resolution, attention)
        classes = max(len(data.classes), 1)
        self.generator = Generator(
            data.resolution,
            data.channels,
            config.channels,
            config.z_dim,
            classes,
            shared_dim=config.shared_dim,
            hierarchical=config.hierarchical,
            attention=attention,
            init=config.init,
            truncations=TRUNCATIONS,
            eps=config.spectral_eps,
        )
        self.z_dim = self.generator.z_dim
        self.discriminator = Discriminator(
            data.resolution,
            data.channels,
            config.channels,
            classes,
            attention=attention,
            init=config.init,
            eps=config.spectral_eps,
        )

        self.augment = DiffAugment(config.augment)

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = BigGANConfig(z_dim=8, channels=2, shared_dim=4, orthogonal=1e-4, standing_batches=2)  # type: ignore[call-arg]
        return config, DataSpec(resolution=32, classes=("disc", "square"))  # type: ignore[call-arg]

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("D", ("discriminator",), self.discriminator_phase, repeat=self.config.d_repeat, fakes=self.render),
            Phase("G", ("generator",), self.generator_phase, render=self.render),
        )
        return (Stage("adversarial", self.kimg, phases),)

    def optimizer(self, network: str) -> Optimizer:
        config = self.config
        rate = config.lr_g if network == "generator" else config.lr_d
        return adam(self.get_submodule(network), rate, config.betas, eps=config.adam_eps)

    def render(self, batch: SynthesisBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: pictures of the classes of a batch from new noise, float [N, C, R, R]."""
        z = noise.normal(len(batch.x), self.z_dim, device=batch.x.device)
        return {"fake": self.generator(z, batch.y)}

    def generator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The hinge loss of ``G`` and its regularisation."""
        fake_logits = self.discriminator(self.augment(batch.memo["fake"]), batch.y)
        loss = losses.generator_loss("hinge", fake_logits)
        shown = {"fake_logits": fake_logits.detach().mean()}
        if self.config.orthogonal:
            # The class embedding is a table and not a linear map, so its rows need not be orthogonal.
            spared = () if self.generator.shared is None else (self.generator.shared,)
            penalty = self.config.orthogonal * orthogonal_penalty(self.generator, spared)
            shown["orthogonal"] = penalty.detach()
            loss = loss + penalty
        return loss, shown

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The hinge loss of ``D``."""
        # One pass over both: one power iteration, and no layer of the discriminator mixes pictures.
        x = self.augment(torch.cat([batch.x, batch.memo["fake"]]))
        logits = self.discriminator(x, torch.cat([batch.y, batch.y]))
        real_logits, fake_logits = logits.chunk(2)
        loss = losses.discriminator_loss("hinge", real_logits, fake_logits)
        return loss, losses.discriminator_statistics("hinge", real_logits, fake_logits)

    @torch.no_grad()
    def measure_standing_statistics(self, *, truncated: bool = True) -> None:
        """Measure standing statistics at each truncation, from fixed noise; to be called once, before use.

        The same weights give the same statistics on every machine, up to rounding. Further training uses running
        statistics and makes these stale, so they must be measured again.
        """
        device = next(self.generator.parameters()).device
        classes = max(len(self.data.classes), 1)
        for index in range(0 if truncated else TRUNCATIONS - 1, TRUNCATIONS):
            psi = index / (TRUNCATIONS - 1)

            def render(number: int, psi: float = psi) -> Tensor:
                source = torch.Generator().manual_seed(number)  # the same latents at every psi
                z = torch.randn(32, self.z_dim, generator=source) * psi
                y = torch.randint(classes, (32,), generator=source)
                pictures: Tensor = self.generator(z.to(device), y.to(device))
                return pictures

            measure_statistics(self.generator, index, render, self.config.standing_batches)
        self.generator.stands.fill_(1.0)

    def generate(self, request: SynthesisRequest) -> Tensor:
        """See the base class. ``request.z`` is scaled by ``request.psi``."""
        with evaluating(self.generator):
            mix = self.generator.mixture(request.psi)
            pictures: Tensor = self.generator(request.z * request.psi[:, None], request.y, mix)
        return pictures

    def latent(self, request: SynthesisRequest) -> Tensor:
        """One layer per part of z: the part, scaled by psi; the weight of each class; and psi itself."""
        parts = (request.z * request.psi[:, None]).view(len(request.z), -1, self.generator.part)
        y = class_weights(request.y, max(len(self.data.classes), 1), request.z)
        rest = torch.cat([y, request.psi[:, None]], 1)[:, None].expand(-1, parts.shape[1], -1)
        return torch.cat([parts, rest], 2)

    def decode(self, latent: Tensor) -> Tensor:
        network = self.generator
        parts, y, psi = torch.split(latent, [network.part, latent.shape[2] - network.part - 1, 1], 2)
        labels = y if network.shared is None else network.shared(y)
        conditions = [labels[:, 0]] * len(network.blocks)
        if network.hierarchical:
            conditions = list(parts[:, 1:].unbind(1))
            if network.shared is not None:
                conditions = list(torch.cat([labels[:, 1:], parts[:, 1:]], 2).unbind(1))
        with evaluating(network):
            return network.render(parts[:, 0], conditions, network.mixture(psi.mean((1, 2))))

    @property
    def normal_dim(self) -> int:
        return self.generator.part

    def sefa_weights(self) -> list[Tensor]:
        """The weight of the first layer."""
        return [self.generator.linear.weight]
