"""pix2pixHD (Wang, Liu, Zhu, Tao, Kautz & Catanzaro 2018): large pictures from label maps, drawings or photographs.

Coarse to fine (§3.1): stage ``global`` trains the global generator at half the side; ``enhancer`` adds the local
enhancer around its trunk at the full side, with the global generator frozen; ``both`` trains both. Discriminators at
several scales; feature matching in their features and in those of VGG16. A step is simultaneous, as in the authors'
code: ``G`` is updated against the old ``D``, then ``D`` on the fakes of the old ``G``. There is no pool of old fakes.

The authors use VGG19; only the weights of VGG16 are pinned here, so ``perceptual`` uses VGG16.
"""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses, multiscale_losses
from ganvas.models.advice import Table
from ganvas.models.batches import PairedBatch, TranslationRequest
from ganvas.models.capabilities import TranslatesAnySize
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, constant, linear_decay
from ganvas.models.layers.initialization import initialize_normal
from ganvas.models.layers.modes import evaluating
from ganvas.models.networks.labels import LabelFeatures, edges, one_hot, read_map
from ganvas.models.networks.pix2pixhd import (
    FeatureEncoder,
    Head,
    LocalEnhancer,
    MultiscaleDiscriminator,
    Trunk,
    half_size,
)
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

PERCEPTUAL = {"relu1_1": 1 / 32, "relu2_1": 1 / 16, "relu3_1": 1 / 8, "relu4_1": 1 / 4, "relu5_1": 1.0}
MATCHED = 4  # the authors' sum over layers is this times the mean: see multiscale_losses.feature_matching


class Pix2PixHDConfig(FamilyConfig):
    """Settings of ``pix2pixhd``; the defaults are the paper's for 1024 px."""

    width: int = Field(
        64, ge=2, description="channels of the first layer of the global generator; the enhancer has half"
    )
    downs: int = Field(4, ge=1, le=6, description="downsampling layers of the global generator")
    blocks: int = Field(9, ge=1, description="residual blocks of the global generator")
    enhancer: bool = Field(True, description="local enhancer at twice the side; false: the global generator alone")
    local_blocks: int = Field(3, ge=1, description="residual blocks of the enhancer")
    discriminator_width: int = Field(64, ge=1, description="channels of the first layer of the discriminators")
    layers: int = Field(3, ge=1, le=5, description="layers of each discriminator; 3: patches of 70 pixels")
    scales: int = Field(2, ge=1, le=4, description="scales of the discriminator")
    edges: bool = Field(False, description="edges of objects or labels as an input; needs data.labels")
    features: int = Field(0, ge=0, le=16, description="feature channels per object; 0: no feature encoder")
    encoder_width: int = Field(16, ge=1, description="channels of the first layer of the feature encoder")
    feature_matching: float = Field(10.0, ge=0, description="weight of the distance in features of the discriminators")
    perceptual: float = Field(
        10.0, ge=0, description="weight of the distance in features of VGG16; with 0 its weights are not needed"
    )
    global_share: float = Field(0.5, gt=0, lt=1, description="share of training for stage global")
    fix_global: float = Field(0.1, ge=0, lt=1, description="share of the rest with the global generator frozen")
    decay_from: float = Field(0.5, ge=0, le=1, description="share of a stage after which the learning rate decays to 0")
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, all networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, all networks")


class Pix2PixHD(TranslatesAnySize, Family):
    """pix2pixHD.

    A source is a picture of 1 or 3 channels; or, with ``data.labels``, a label map: its first channel is the number of
    the label and, where it has three, the others that of the object (second + 256 · third). Edges are those of objects
    where they are known, else those of labels.
    """

    task = "paired"
    Config: ClassVar[type[FamilyConfig]] = Pix2PixHDConfig

    advice: ClassVar[Table] = {
        "discriminator_overpowers": ("a larger model.feature_matching", "half of model.lr", "more pairs"),
        "discriminator_is_blind": ("half of model.feature_matching, which gives the adversarial loss more weight",),
        "generator_gradient_vanishes": (
            "a larger model.feature_matching or model.perceptual",
            "an earlier checkpoint",
        ),
        "collapse": ("a larger model.feature_matching or model.perceptual", "an earlier checkpoint"),
        "quality_falls": ("more pairs", "a smaller model.width", "an earlier checkpoint"),
    }

    config: Pix2PixHDConfig

    def __init__(self, config: Pix2PixHDConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        self._check(config, data)
        inputs = (data.labels or data.source_channels) + config.edges
        seen = inputs + config.features  # features are inputs of the generators, not of the discriminators
        self.trunk = Trunk(seen, config.width, config.downs, config.blocks)
        self.head = Head(config.width, data.channels)
        for network in (self.trunk, self.head):
            initialize_normal(network)
        self.generators: tuple[str, ...] = ("trunk", "head")
        if config.enhancer:
            self.enhancer = LocalEnhancer(seen, data.channels, config.width // 2, config.local_blocks)
            self.generators = ("trunk", "enhancer")
        self.averaged = ("trunk", "head", *self.generators[1:]) if config.enhancer else self.generators
        if config.features:
            self.encoder = FeatureEncoder(data.channels, config.features, config.encoder_width, config.downs)
            self.looks = LabelFeatures(data.labels, config.features, void=data.void_label)
        self.discriminator = MultiscaleDiscriminator(
            inputs + data.channels, config.discriminator_width, config.layers, config.scales
        )

    @staticmethod
    def _check(config: Pix2PixHDConfig, data: DataSpec) -> None:
        multiple = 2 ** (config.downs + config.enhancer)
        # Reflection padding needs more pixels than it pads, and instance norm more than one.
        least = max(2 * multiple, 8 * (1 + config.enhancer), 4 * 2**config.scales)
        if data.resolution % multiple or data.resolution < least:
            raise UserError(
                f"pix2pixhd with model.downs={config.downs} takes pictures of {least} pixels or more, in steps of "
                f"{multiple}, not {data.resolution}; change data.resolution or model.downs."
            )
        if config.enhancer and config.width % 2:
            raise UserError(f"model.width must be even with an enhancer, which has half of it, not {config.width}.")
        if (config.edges or config.features) and not data.labels:
            raise UserError("model.edges and model.features need sources that are maps of labels; set data.labels.")
        if data.labels and data.source_channels not in (1, 3):
            raise UserError("A map of labels has one channel, or three with the objects' numbers.")

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = Pix2PixHDConfig(
            width=8, downs=2, blocks=1, local_blocks=1, discriminator_width=4, layers=1, perceptual=0
        )  # type: ignore[call-arg]
        return config, DataSpec(resolution=32, degradation="sketch", source_channels=1)  # type: ignore[call-arg]

    # ── Stages ──

    @classmethod
    def size_multiple(cls, config: Any, data: DataSpec) -> int | None:
        """The halvings of the trunk, and one before it with the enhancer."""
        multiple: int = 2 ** (config.downs + config.enhancer)
        return multiple

    def stages(self) -> tuple[Stage, ...]:
        decay = linear_decay(self.config.decay_from)
        whole = self._phases(*self.generators)
        if not self.config.enhancer:
            return (Stage("global", self.kimg, whole, lr_scale=decay),)
        first = self.kimg * self.config.global_share
        fixed = (self.kimg - first) * self.config.fix_global
        stages = (
            Stage("global", first, self._phases("trunk", "head"), lr_scale=decay),
            Stage("enhancer", fixed, self._phases("enhancer"), fresh_optimizers=True, lr_scale=constant),
            Stage("both", self.kimg - first - fixed, whole, fresh_optimizers=True, lr_scale=decay),
        )
        return tuple(stage for stage in stages if stage.kimg > 0)

    def _phases(self, *trains: str) -> tuple[Phase, ...]:
        moved = (*trains, "encoder") if self.config.features else trains
        return (
            Phase("G", moved, self.generator_phase, render=self.render),
            Phase("D", ("discriminator",), self.discriminator_phase, fakes=self.render),
        )

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def _coarse(self, clock: Clock) -> bool:
        """Whether this is stage ``global``, at half the side."""
        return self.config.enhancer and self.stages()[clock.stage].name == "global"

    def prepare(self, batch: PairedBatch, clock: Clock) -> PairedBatch:
        """In stage ``global`` halve the side; label maps by taking every second pixel, since labels have no mean."""
        if not self._coarse(clock):
            return batch
        small = batch.source[..., ::2, ::2] if self.data.labels else F.avg_pool2d(batch.source, 2)
        return batch._replace(source=small, target=F.avg_pool2d(batch.target, 2))

    # ── Inputs and outputs ──

    def condition(self, source: Tensor) -> Tensor:
        """Input of the networks, [N, inputs, H, W]: the source, or one-hot labels and edges."""
        if not self.data.labels:
            return source
        labels, objects = read_map(source)
        parts = [one_hot(labels, self.data.labels, self.data.void_label).to(source.dtype)]
        if self.config.edges:
            parts.append(edges(objects).to(source.dtype))
        return torch.cat(parts, 1)

    def _features(self, source: Tensor, target: Tensor | None) -> Tensor | None:
        """Features of each object, [N, features, H, W]: encoded from the target, or the running mean of the label."""
        if not self.config.features:
            return None
        labels, objects = read_map(source)
        features: Tensor = self.looks(labels, objects, None if target is None else self.encoder(target))
        return features

    def forward_generator(self, condition: Tensor, features: Tensor | None, coarse: bool) -> Tensor:
        """Pictures [N, channels, H, W]; with ``coarse``, of the global generator alone."""
        x = condition if features is None else torch.cat([condition, features.to(condition.dtype)], 1)
        if coarse or not self.config.enhancer:
            picture: Tensor = self.head(self.trunk(x))
        else:
            picture = self.enhancer(x, self.trunk(half_size(x)))
        return picture

    # ── Phases ──

    def render(self, batch: PairedBatch, clock: Clock) -> dict[str, Tensor]:
        """``condition``: the input of the networks; ``fake``: the pictures for it."""
        condition = self.condition(batch.source)
        features = self._features(batch.source, batch.target)
        return {"condition": condition, "fake": self.forward_generator(condition, features, self._coarse(clock))}

    def generator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Adversarial loss + feature matching + perceptual loss."""
        config, condition, fake = self.config, batch.memo["condition"], batch.memo["fake"]
        fakes = self.discriminator(torch.cat([condition, fake], 1))
        with torch.no_grad():
            reals = self.discriminator(torch.cat([condition, batch.target], 1))
        adversarial = config.scales * multiscale_losses.generator_loss(fakes)  # the authors sum over scales
        matching = MATCHED * multiscale_losses.feature_matching(fakes, reals)
        loss = adversarial + config.feature_matching * matching
        shown = {"adversarial": adversarial, "feature_matching": matching}
        if config.perceptual:
            shown["perceptual"] = multiscale_losses.perceptual(fake, batch.target, PERCEPTUAL)
            loss = loss + config.perceptual * shown["perceptual"]
        with torch.no_grad():
            shown["pixel"] = F.l1_loss(fake.float(), batch.target)  # only logged
        return loss, losses.detached(shown)

    def discriminator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The adversarial loss of ``D`` on real and generated pairs, summed over scales."""
        condition, fake = batch.memo["condition"], batch.memo["fake"]
        reals = self.discriminator(torch.cat([condition, batch.target], 1))
        loss, shown = multiscale_losses.discriminator_loss(reals, self.discriminator(torch.cat([condition, fake], 1)))
        return self.config.scales * loss, shown

    # ── Inference ──

    def generate(self, request: TranslationRequest) -> Tensor:
        """See the base class. ``request.direction`` is ignored: there is one direction.

        Where there is a feature encoder, objects have the running mean of the features of their label.
        """
        with evaluating(self):
            return self.forward_generator(self.condition(request.source), self._features(request.source, None), False)
