"""MuseGAN (Dong et al. 2018): music of several tracks as piano rolls, with binary neurons (Dong & Yang 2018)."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.swa_utils import update_bn

from ganvas.errors import UserError
from ganvas.models import losses, noise
from ganvas.models.advice import If, Table
from ganvas.models.batches import MusicBatch, MusicRequest
from ganvas.models.capabilities import Accompanies, HasStandingStatistics
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.modes import evaluating
from ganvas.models.networks.musegan import Discriminator, Generator, Refiner, Variant, sizes_of
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec, RollSpec, Track

Neurons = Literal["none", "deterministic", "bernoulli", "one_hot"]
STANDING = (16, 32)  # batches, and latents per batch, on which standing statistics are measured
R1_EVERY = 8  # steps between two R1 steps (lazy regularisation, Karras et al. 2020)


class MuseGANConfig(FamilyConfig):
    """Settings of ``musegan``: the paper's, unless a recipe says otherwise."""

    variant: Variant = Field("hybrid", description="hybrid, composer or jamming; shared_trunk is the later default")
    z_dim: int = Field(128, ge=4, multiple_of=4, description="length of the latent that a bar generator sees")
    width: int = Field(16, ge=1, description="channels per track next to the roll, both networks")
    d_width: int | None = Field(None, ge=1, description="the same of the discriminator; null: width")
    stddev_group: int = Field(
        0, ge=0, description="phrases per group of the critic's minibatch standard deviation; 0: it has none"
    )
    trunk_steps: int | None = Field(
        None,
        ge=1,
        description="time steps per beat inside the trunk, a divisor of data.roll.beat_steps; the outer layers "
        "make the rest; null: 4, 2 or 1",
    )
    hold_notes: bool = Field(
        False,
        description="begin with notes that are held through each beat (Aitken et al. 2017), not with single steps",
    )
    game: losses.LossName = Field("wasserstein", description="adversarial loss")
    d_repeat: int = Field(5, ge=1, description="discriminator steps per generator step")
    gradient_penalty: float = Field(10.0, ge=0, description="weight λ of the gradient penalty of WGAN-GP")
    r1: float = Field(0.0, ge=0, description="weight γ of the R1 penalty")
    r2: float = Field(0.0, ge=0, description="weight γ of the R2 penalty, the same at generated rolls")
    diversity: float = Field(
        0.0,
        ge=0,
        description="weight of the share by which a batch of generated rolls varies less than one of real rolls",
    )
    lr: float = Field(1e-3, gt=0, description="Adam's learning rate")
    d_lr: float | None = Field(None, gt=0, description="Adam's learning rate of the discriminator; null: the same")
    betas: tuple[float, float] = Field((0.5, 0.9), description="Adam's betas, both networks")
    decay: float = Field(
        0.9, ge=0, le=1, description="share of a stage after which the learning rate falls to 0; 1: never"
    )
    binary: Neurons = Field(
        "none",
        description="binary neurons at the generator's output: by threshold, drawn, or one_hot: at most one pitch per "
        "track and step; none: real numbers",
    )
    slope: float = Field(1.0, ge=1, description="binary neurons: slope of the sigmoid at the end; it rises from 1")
    refine: float = Field(
        0.0, ge=0, lt=1, description="share of the training in which a refiner with binary neurons learns, G held"
    )
    accompany: str | None = Field(None, description="name of the track that is given and accompanied; null: none")

    @model_validator(mode="after")
    def _fits_together(self) -> MuseGANConfig:
        if self.refine and self.binary == "none":
            raise ValueError("a refiner ends in binary neurons: set binary to deterministic, bernoulli or one_hot")
        return self


class MuseGAN(Accompanies, HasStandingStatistics, Family):
    """MuseGAN: see :mod:`ganvas.models.networks.musegan`.

    Rolls are float [N, tracks, time, pitches]; -1 is silence and 1 a note. Without binary neurons, and with drawn ones,
    :meth:`generate` returns 2p - 1 with p the probability of a note, which a threshold of 0 or a draw makes a roll.
    """

    task = "music"
    Config: ClassVar[type[FamilyConfig]] = MuseGANConfig
    averaged: tuple[str, ...] = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_is_blind": ("a larger model.d_repeat", "twice the model.width"),
        "generator_gradient_vanishes": ("half of model.lr", "an earlier checkpoint"),
        "gradients_explode": ("half of model.lr", "an earlier checkpoint"),
        "collapse": (
            If("a larger model.gradient_penalty", when={"gradient_penalty": True}),
            "a larger train.batch_size",
            "an earlier checkpoint",
        ),
        "quality_falls": ("more music", "half of model.lr"),
    }

    config: MuseGANConfig

    def __init__(self, config: MuseGANConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        if data.roll is None:
            raise UserError("musegan makes piano rolls, and this recipe has no data.roll; begin from musegan-quick.")
        if data.roll.bars < 2:
            raise UserError("musegan makes phrases of two bars or more; change data.roll.")
        self._accompanied = _track_number(config.accompany, data.roll)
        self.critic = config.game == "wasserstein"
        own = len(data.roll.tracks) - (self._accompanied is not None)
        if config.trunk_steps and data.roll.beat_steps % config.trunk_steps:
            raise UserError(
                f"model.trunk_steps must divide data.roll.beat_steps ({data.roll.beat_steps}); {config.trunk_steps} "
                "does not."
            )
        sizes = sizes_of(data.roll, inner=config.trunk_steps)
        made = sizes._replace(tracks=own)
        encodes = self._accompanied is not None
        self.generator = Generator(
            config.variant,
            made,
            config.z_dim,
            config.width,
            encodes=encodes,
            holds=config.hold_notes,
        )
        d_width = config.d_width or config.width
        self.discriminator = Discriminator(config.variant, sizes, d_width, group=config.stddev_group)
        if config.refine:
            self.refiner = Refiner(made, config.width)
            self.averaged = ("generator", "refiner")
        self.z_dim = self.generator.z_dim

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        roll = RollSpec.model_validate(
            {
                "tracks": (Track.model_validate({"name": "high"}), Track.model_validate({"name": "low"})),
                "bars": 2,
                "beats": 2,
                "beat_steps": 4,
                "lowest": 36,
                "octaves": 3,
            }
        )
        config = MuseGANConfig(z_dim=8, width=2, d_repeat=2, refine=0.5, binary="bernoulli")  # type: ignore[call-arg]
        return config, DataSpec(roll=roll, flip=False)  # type: ignore[call-arg]

    @property
    def accompanied(self) -> int | None:
        return self._accompanied

    def stages(self) -> tuple[Stage, ...]:
        config, scale = self.config, linear_decay(self.config.decay)
        critic: tuple[Phase, ...] = (
            Phase("D", ("discriminator",), self.discriminator_phase, repeat=config.d_repeat, fakes=self.render),
        )
        if config.r1 or config.r2:
            fakes = self.render if config.r2 else None
            critic += (Phase("D/r1", ("discriminator",), self.r1_phase, every=R1_EVERY, fakes=fakes),)
        generator = Phase("G", ("generator",), self.generator_phase, render=self.render)
        first = Stage("adversarial", self.kimg * (1 - config.refine), (*critic, generator), lr_scale=scale)
        if not config.refine:
            return (first,)
        refiner = Phase("R", ("refiner",), self.generator_phase, render=self.render)
        return (first, Stage("refining", self.kimg * config.refine, (*critic, refiner), lr_scale=scale))

    def optimizer(self, network: str) -> Optimizer:
        lr = self.config.lr if network != "discriminator" else self.config.d_lr or self.config.lr
        return adam(self.get_submodule(network), lr, self.config.betas)

    # ── Rolls ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def render(self, batch: MusicBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: rolls from new noise, float [N, tracks, time, pitches] in [-1, 1]."""
        z = noise.normal(len(batch.x), self.z_dim, device=batch.x.device)
        given = self._given_of(batch.x)
        neurons: Neurons = self.config.binary
        logits = self.generator(z, given)
        if self.config.refine:
            if clock.stage == 0:
                neurons = "none"
            else:
                logits = self.refiner(logits)
        return {"fake": self._with_given(_to_rolls(logits, neurons, self._slope(clock)), given)}

    def _slope(self, clock: Clock) -> float:
        return 1 + (self.config.slope - 1) * clock.progress

    def _given_of(self, x: Tensor) -> Tensor | None:
        at = self._accompanied
        return None if at is None else x[:, at : at + 1]

    def _with_given(self, rolls: Tensor, given: Tensor | None) -> Tensor:
        at = self._accompanied
        if at is None or given is None:
            return rolls
        return torch.cat([rolls[:, :at], given, rolls[:, at:]], 1)

    def generate(self, request: MusicRequest) -> Tensor:
        """See the class."""
        given = None if self._accompanied is None else request.given
        with evaluating(self):
            logits = self.generator(request.z, given)
            if self.config.refine:
                logits = self.refiner(logits)
            rolls = _played(logits, self.config.binary, self.config.slope)
        return self._with_given(rolls, given)

    def measure_standing_statistics(self, *, truncated: bool = True) -> None:
        """Measure the batch norms of the averaged generator on fixed latents; the live generator's do not fit it.

        A generator that takes a given track keeps its running statistics, since there is no music here to give.
        """
        if self._accompanied is not None:
            return
        source = torch.Generator().manual_seed(0)
        latents = [torch.randn(STANDING[1], self.z_dim, generator=source) for _ in range(STANDING[0])]
        device, was_training = next(self.parameters()).device, self.training
        update_bn(latents, self.generator, device)
        if self.config.refine:
            with torch.no_grad():
                logits = [self.generator.train()(z.to(device)) for z in latents]
            update_bn(logits, self.refiner, device)
        self.train(was_training)

    # ── Losses ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def generator_phase(self, batch: MusicBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The adversarial loss of ``G``, or of the refiner."""
        fake = batch.memo["fake"]
        fake_logits = self.discriminator(fake)
        real_logits = losses.real_logits_if_paired(self.config.game, lambda: self.discriminator(batch.x))
        loss = losses.generator_loss(self.config.game, fake_logits, real_logits)
        shown = {"fake_logits": fake_logits.detach().mean(), "sounding": (fake.detach() > 0).float().mean()}
        if self.config.diversity:
            shortfall = _shortfall(fake, batch.x)
            loss = loss + self.config.diversity * shortfall
            shown["diversity_shortfall"] = shortfall.detach()
        return loss, shown

    def discriminator_phase(self, batch: MusicBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The adversarial loss of ``D`` and its penalties."""
        config, fake = self.config, batch.memo["fake"]
        real_logits, fake_logits = self.discriminator(batch.x), self.discriminator(fake)
        penalties: dict[str, Tensor] = {}
        if config.gradient_penalty:
            views = (self.discriminator.views(x) for x in (batch.x, fake))
            critics = zip(self.discriminator.critics, *views, strict=True)
            each = [losses.gradient_penalty(critic, real, made).mean() for critic, real, made in critics]
            penalties["gradient_penalty"] = config.gradient_penalty * torch.stack(each).mean()
        loss = losses.discriminator_loss(config.game, real_logits, fake_logits)
        loss = torch.stack([loss, *penalties.values()]).sum()
        shown = losses.detached(penalties)
        return loss, losses.discriminator_statistics(config.game, real_logits, fake_logits) | shown

    def r1_phase(self, batch: MusicBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The R1 penalty of each critic at real rolls, and the R2 penalty at generated ones."""
        penalties: dict[str, Tensor] = {}
        if self.config.r1:
            penalties["r1"] = self.config.r1 / 2 * self._squared_gradient(batch.x)
        if self.config.r2:
            penalties["r2"] = self.config.r2 / 2 * self._squared_gradient(batch.memo["fake"])
        return torch.stack([*penalties.values()]).sum(), losses.detached(penalties)

    def _squared_gradient(self, rolls: Tensor) -> Tensor:
        critics = zip(self.discriminator.critics, self.discriminator.views(rolls), strict=True)
        each = [losses.squared_norm(losses.logits_and_gradient(critic, view)[1]).mean() for critic, view in critics]
        return torch.stack(each).mean()


def _track_number(name: str | None, roll: RollSpec) -> int | None:
    if name is None:
        return None
    names = [track.name for track in roll.tracks]
    if name not in names or len(names) < 2:
        raise UserError(f"model.accompany is the name of one of several tracks ({', '.join(names)}), not {name!r}.")
    return names.index(name)


def _to_rolls(logits: Tensor, neurons: Neurons, slope: float) -> Tensor:
    """Logits as rolls in [-1, 1]: real numbers, or the values of binary neurons.

    A binary neuron is on with p = σ(2 · slope · logit) above a threshold: 0.5, or drawn uniformly from [0, 1). The
    gradient is that of p (straight-through, Bengio et al. 2013).

    With ``one_hot``, p is the softmax over silence, whose logit is 0, and the pitches of a track at a step; the most
    probable of them is on (straight-through, Jang et al. 2017), which is a binary neuron where there is one pitch.
    """
    if neurons == "one_hot":
        scaled = 2 * slope * logits
        silence = torch.zeros_like(scaled[..., :1])
        soft = 2 * torch.softmax(torch.cat([silence, scaled], -1), -1)[..., 1:] - 1
        return _one_hot(logits) + soft - soft.detach()
    real = torch.tanh(slope * logits)  # 2p - 1
    if neurons == "none":
        return real
    drawn = noise.uniform(*real.shape, device=real.device) if neurons == "bernoulli" else 0.5
    hard = torch.where((real + 1) / 2 > drawn, 1.0, -1.0).to(real)
    return hard + real - real.detach()


def _shortfall(fake: Tensor, real: Tensor) -> Tensor:
    """The share, 0 to 1, by which rolls vary less within their batch than real rolls do.

    Mode seeking (Mao et al. 2019) up to the diversity of the data: of rolls of -1 and 1, the variance over a batch is
    their mean distance.
    """
    varies, wanted = (x.var(0, correction=0).sum() for x in (fake, real))
    return torch.relu(1 - varies / wanted.clamp(min=1e-6))


def _highest(logits: Tensor) -> Tensor:
    """Whether a logit is the highest of its track and step, the first where several are."""
    return logits.argmax(-1, keepdim=True) == torch.arange(logits.shape[-1], device=logits.device)


def _one_hot(logits: Tensor) -> Tensor:
    """1 where a logit is positive and the highest of its track and step, -1 elsewhere."""
    return torch.where((logits > 0) & _highest(logits), 1.0, -1.0).to(logits)


def _played(logits: Tensor, neurons: Neurons, slope: float) -> Tensor:
    """Logits as rolls for use: 2p - 1, with ``one_hot`` -1 but for one pitch per track and step, or -1 and 1."""
    real = torch.tanh(logits * slope)
    if neurons == "one_hot":
        return torch.where(_highest(logits), real, -1.0)
    return torch.where(real > 0, 1.0, -1.0).to(real) if neurons == "deterministic" else real
