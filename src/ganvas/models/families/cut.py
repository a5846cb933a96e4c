"""CUT (Park, Efros, Zhang & Zhu 2020): from one kind of pictures into another without pairs, and without a way back.

In place of a cycle, every patch of the answer must tell more of the same patch of its source than of any other
(PatchNCE, on the generator's own features). One generator and one discriminator where CycleGAN has two each.
FastCUT is ``identity=False, nce=10, flip=True``. A step plays ``G`` first and ``D`` second on the same fakes; there is
no pool of old ones.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.models import losses, noise
from ganvas.models.advice import If, Table
from ganvas.models.augment.crop import enlarge_and_crop
from ganvas.models.batches import TranslationRequest, UnpairedBatch
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.initialization import initialize_xavier
from ganvas.models.layers.modes import evaluating
from ganvas.models.layers.normalization import NormName
from ganvas.models.memo import store_fake, stored_fake
from ganvas.models.networks.cut import PatchProjector, draw_places, patch_nce
from ganvas.models.networks.patchgan import PatchGAN, check_patch_layers
from ganvas.models.networks.resnet import ResNetGenerator, check_side
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

GAIN = 0.02  # of the first weights, as in the published code


class CUTConfig(FamilyConfig):
    """Settings of ``cut``; the defaults are the paper's at 256 px."""

    game: losses.GameName = Field("least_squares", description="what the two players want")
    nce: float = Field(1.0, ge=0, description="weight of patches keeping their content; FastCUT: 10")
    identity: bool = Field(True, description="pictures of B must keep theirs as well; FastCUT: no")
    flip: bool = Field(
        False, description="a mirrored source must give a mirrored answer, half of the time; FastCUT: yes"
    )
    patches: int = Field(256, ge=2, description="that are compared with each other in each of five maps of features")
    temperature: float = Field(0.07, gt=0, description="of the comparison: the lower, the stricter")
    dim: int = Field(256, ge=1, description="numbers of the vector that a patch becomes")
    width: int = Field(64, ge=1, description="channels of the first layer of both networks")
    blocks: int = Field(9, ge=1, description="residual blocks of the generator")
    layers: int = Field(3, ge=1, le=5, description="of the patch discriminator; 3 judges patches of 70 pixels")
    norm: NormName = Field("instance", description="of both networks")
    antialias: bool = Field(True, description="blur where sizes change; no: strides, as in CycleGAN, for less work")
    enlarge: float = Field(
        30 / 256, ge=0, le=1, description="share by which pictures grow before a random cut; 0: no cut"
    )
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate, all networks")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas, all networks")
    decay_from: float = Field(0.5, ge=0, le=1, description="share of training after which the learning rate falls to 0")
    one_way: Literal[True] = Field(True, description="it learns from A to B alone; A is the first sub-folder by name")


class CUT(Family):
    """See the module."""

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

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("G", ("generator", "projector"), self.generator_phase),
            Phase("D", ("discriminator",), self.discriminator_phase),
        )
        return (Stage("adversarial", self.kimg, phases, lr_scale=linear_decay(self.config.decay_from)),)

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    def prepare(self, batch: UnpairedBatch, clock: Clock) -> UnpairedBatch:
        """Random cuts; with ``flip``, which rows are translated mirrored."""
        enlarge = self.config.enlarge
        if self.config.flip:
            batch.memo["mirrored"] = noise.uniform(len(batch.a), device=batch.a.device) < 0.5
        return batch._replace(a=enlarge_and_crop(batch.a, enlarge), b=enlarge_and_crop(batch.b, enlarge))

    def generator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Please the discriminator, and let each patch keep its content."""
        config = self.config
        sources = torch.cat([batch.a, batch.b]) if config.identity else batch.a
        mirrored = batch.memo.get("mirrored")
        if mirrored is not None:
            mirrored = mirrored.repeat(len(sources) // len(batch.a))
        made, seen = self.generator.with_features(_mirrored(sources, mirrored))
        fake = made[: len(batch.a)]
        store_fake(batch, fake)
        real_logits = losses.real_logits_if_paired(config.game, lambda: self.discriminator(batch.b))
        adversarial = losses.generator_loss(config.game, self.discriminator(fake), real_logits)
        shown = {"adversarial": adversarial.detach()}
        if not config.nce:
            return adversarial, shown
        with torch.no_grad():  # of the pictures as they are: a mirrored one's features are others
            keys = seen if mirrored is None else self.generator.features(sources)
        kept = self.contents_kept(keys, made, mirrored)
        shown["nce"] = kept.detach()
        return adversarial + config.nce * kept, shown

    def contents_kept(self, keys: list[Tensor], made: Tensor, mirrored: Tensor | None) -> Tensor:
        """PatchNCE between the features of pictures and what was made of them: pictures [N, C, H, W], some mirrored.

        The mean of five maps. With ``identity`` both halves of the rows count alike, as in the published mean of both
        losses.
        """
        queries = [_mirrored(maps, mirrored) for maps in self.generator.features(made)]
        with torch.no_grad():
            places = draw_places(keys, self.config.patches)
            theirs = self.projector(keys, places)
        ours = self.projector(queries, places)
        each = [patch_nce(q, k, self.config.temperature) for q, k in zip(ours, theirs, strict=True)]
        return torch.stack(each).mean()

    def discriminator_phase(self, batch: UnpairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Tell pictures of B from those that ``G`` made in this step; the loss is halved, as in CycleGAN."""
        fake = stored_fake(batch, lambda: self.generator(_mirrored(batch.a, batch.memo.get("mirrored"))))
        real_logits, fake_logits = self.discriminator(batch.b), self.discriminator(fake)
        loss = 0.5 * losses.discriminator_loss(self.config.game, real_logits, fake_logits)
        return loss, losses.judged(self.config.game, real_logits, fake_logits)

    def generate(self, request: TranslationRequest) -> Tensor:
        """The translation of each source; ``direction`` means nothing here, the game knows one way."""
        with evaluating(self.generator):
            pictures: Tensor = self.generator(request.source)
        return pictures


def _mirrored(x: Tensor, rows: Tensor | None) -> Tensor:
    """[N, C, H, W] with some rows mirrored left to right."""
    return x if rows is None else torch.where(rows[:, None, None, None], x.flip(3), x)
