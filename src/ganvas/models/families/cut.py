"""CUT (Park, Efros, Zhang & Zhu 2020): translation from domain A to domain B without pairs, in one direction.

In place of cycle consistency, a contrastive loss (PatchNCE) maximises the mutual information of corresponding patches
of source and output, in features of the generator's encoder. There is one generator and one discriminator, where
CycleGAN has two each. FastCUT is ``identity=False, nce=10, flip=True``. A step updates ``D`` first, then ``G`` on the
same fakes against the new ``D``; there is no pool of old ones.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.models import losses, noise
from ganvas.models.advice import If, Table
from ganvas.models.augment.crop import enlarge_and_crop
from ganvas.models.batches import TranslationRequest, UnpairedBatch
from ganvas.models.capabilities import TranslatesAnySize
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.initialization import initialize_xavier
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import NormName
from ganvas.models.networks.cut import PatchProjector, draw_places, patch_nce
from ganvas.models.networks.patchgan import PatchGAN, check_patch_layers
from ganvas.models.networks.resnet import ResNetGenerator, check_side
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

GAIN = 0.02  # of the initialisation, as in the published code


class CUTConfig(FamilyConfig):
    """Settings of ``cut``; the defaults are the paper's at 256 px."""

    game: losses.LossName = Field("least_squares", description="adversarial loss")
    nce: float = Field(1.0, ge=0, description="weight of the PatchNCE loss; FastCUT: 10")
    identity: bool = Field(True, description="PatchNCE loss on pictures of B as well; FastCUT: false")
    flip: bool = Field(False, description="flip equivariance: mirror half of the sources; FastCUT: true")
    patches: int = Field(256, ge=2, description="patches per feature map in the PatchNCE loss")
    temperature: float = Field(0.07, gt=0, description="temperature of the PatchNCE loss")
    dim: int = Field(256, ge=1, description="length of the embedding of a patch")
    width: int = Field(64, ge=1, description="channels of the first layer, both networks")
    blocks: int = Field(9, ge=1, description="residual blocks of the generator")
    layers: int = Field(3, ge=1, le=5, description="layers of the patch discriminator; 3: patches of 70 pixels")
    norm: NormName = Field("instance", description="normalisation, both networks")
    antialias: bool = Field(True, description="antialiased resampling; false: strides, as in CycleGAN, which is faster")
    enlarge: float = Field(
        30 / 256, ge=0, le=1, description="share by which pictures are enlarged before a random crop; 0: no crop"
    )
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, all networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, all networks")
    decay_from: float = Field(
        0.5, ge=0, le=1, description="share of training after which the learning rate decays to 0"
    )
    one_way: Literal[True] = Field(True, description="one direction only, A to B; A is the first sub-folder by name")


class CUT(TranslatesAnySize, Family):
    """CUT and FastCUT."""

    task = "unpaired"
    Config: ClassVar[type[FamilyConfig]] = CUTConfig
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_overpowers": ("more pictures of B", "half of model.lr", "model.layers one less"),
        "collapse": ("a larger model.nce", If("model.identity=true", when={"identity": False})),
        "quality_falls": ("more pictures", "a smaller model.width", "an earlier checkpoint"),
    }

    config: CUTConfig

    def __init__(self, config: CUTConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data.model_copy(update={"source_channels": data.channels}), kimg)
        side, channels = data.resolution, data.channels
        check_side("cut", side)
        check_patch_layers(config.layers, side)
        width, norm, antialias = config.width, config.norm, config.antialias
        self.generator = ResNetGenerator(channels, channels, width, config.blocks, norm=norm, antialias=antialias)
        self.discriminator = PatchGAN(channels, width, config.layers, norm=norm, antialias=antialias)
        self.projector = PatchProjector(self.generator.feature_channels, config.dim)
        for network in (self.generator, self.discriminator, self.projector):
            initialize_xavier(network, GAIN)

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = CUTConfig(width=4, blocks=2, layers=1, patches=16, dim=8)  # type: ignore[call-arg]
        return config, DataSpec(resolution=16)  # type: ignore[call-arg]

    @classmethod
    def size_multiple(cls, config: Any, data: DataSpec) -> int | None:
        """Two halvings."""
        return 4

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("D", ("discriminator",), self.discriminator_phase, fakes=self.render),
            Phase("G", ("generator", "projector"), self.generator_phase, render=self.render),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def prepare(self, batch: UnpairedBatch, clock: Clock) -> UnpairedBatch:
        """Random crops; with ``flip``, draw which rows are mirrored."""
        enlarge = self.config.enlarge
        if self.config.flip:
            batch.memo["mirrored"] = noise.uniform(len(batch.a), device=batch.a.device) < 0.5
        return batch._replace(a=enlarge_and_crop(batch.a, enlarge), b=enlarge_and_crop(batch.b, enlarge))

    def _sources(self, batch: UnpairedBatch) -> tuple[Tensor, Tensor | None]:
        """What is translated, with ``identity`` the pictures of B as well, and which rows of it are mirrored."""
        sources = torch.cat([batch.a, batch.b]) if self.config.identity else batch.a
        mirrored = batch.memo.get("mirrored")
        return sources, None if mirrored is None else mirrored.repeat(len(sources) // len(batch.a))

    def render(self, batch: UnpairedBatch, clock: Clock) -> dict[str, Tensor]:
        """``made``: the translations of the sources; ``seen0`` …: features of their inputs."""
        made, seen = self.generator.with_features(_mirrored(*self._sources(batch)))
        return {"made": made, **{f"seen{i}": maps.detach() for i, maps in enumerate(seen)}}

    def generator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Adversarial + PatchNCE loss of ``G``."""
        config, made = self.config, batch.memo["made"]
        real_logits = losses.real_logits_if_paired(config.game, lambda: self.discriminator(batch.b))
        fake_logits = self.discriminator(made[: len(batch.a)])
        adversarial = losses.generator_loss(config.game, fake_logits, real_logits)
        shown = {"adversarial": adversarial.detach()}
        if not config.nce:
            return adversarial, shown
        sources, mirrored = self._sources(batch)
        with torch.no_grad():  # of the pictures before mirroring: the features of a mirrored picture differ
            seen = [maps for name, maps in batch.memo.items() if name.startswith("seen")]
            keys = seen if mirrored is None else self.generator.features(sources)
        nce = self.patch_nce_loss(keys, made, mirrored)
        shown["nce"] = nce.detach()
        return adversarial + config.nce * nce, shown

    def patch_nce_loss(self, keys: list[Tensor], made: Tensor, mirrored: Tensor | None) -> Tensor:
        """PatchNCE loss (eq. 3), the mean over five feature maps.

        With ``identity`` the rows are sources and then pictures of B, with equal weights, as in the published mean of
        both losses.

        Args:
            keys: Features of the inputs of the generator, before mirroring.
            made: Outputs of the generator [N, C, H, W].
            mirrored: Which rows of ``made`` are mirrored, bool [N]; None: no row.
        """
        queries = [_mirrored(maps, mirrored) for maps in self.generator.features(made)]
        with torch.no_grad():
            places = draw_places(keys, self.config.patches)
            theirs = self.projector(keys, places)
        ours = self.projector(queries, places)
        each = [patch_nce(q, k, self.config.temperature) for q, k in zip(ours, theirs, strict=True)]
        return torch.stack(each).mean()

    def discriminator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Half the adversarial loss of ``D`` on pictures of B and fakes."""
        fake = batch.memo["made"][: len(batch.a)]
        real_logits, fake_logits = self.discriminator(batch.b), self.discriminator(fake)
        loss = 0.5 * losses.discriminator_loss(self.config.game, real_logits, fake_logits)
        return loss, losses.discriminator_statistics(self.config.game, real_logits, fake_logits)

    def generate(self, request: TranslationRequest) -> Tensor:
        """See the base class. ``request.direction`` is ignored: there is one direction."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.source)
        return pictures


def _mirrored(x: Tensor, rows: Tensor | None) -> Tensor:
    """[N, C, H, W] with some rows mirrored horizontally."""
    return x if rows is None else torch.where(rows[:, None, None, None], x.flip(3), x)
