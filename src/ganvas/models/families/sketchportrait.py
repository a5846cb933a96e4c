"""Sketch → portrait in two stages (Chen, Su, Gao, Xia & Fu 2020, DeepFaceDrawing, §3).

Stage ``components`` trains an autoencoder per window of the sketch, with codes of ``code_dim`` numbers. Stage
``portrait`` freezes them: second decoders map the codes to feature maps, which are pasted into one face, and a
generator as in pix2pixHD renders it, with a multiscale discriminator. The training of the second stage was never
published; its losses are those the paper names (adversarial, L1, perceptual) and the feature matching of pix2pixHD. A
step of it updates ``D`` first, then ``G`` on the same fakes against the new ``D``.

Because a portrait depends on the codes alone, the codes of a poor drawing can be projected towards those of real
sketches between encoding and rendering; :meth:`SketchPortrait.codes` and :meth:`SketchPortrait.portrait` are the parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, cast

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses, multiscale_losses, noise
from ganvas.models.batches import PairedBatch, TranslationRequest
from ganvas.models.capabilities import HasCodes, Subgraph
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage, linear_decay
from ganvas.models.layers.modes import evaluating
from ganvas.models.networks import sketchportrait
from ganvas.models.networks.pix2pixhd import GlobalGenerator, MultiscaleDiscriminator
from ganvas.models.optimizers import adam
from ganvas.spec import DataSpec

PERCEPTUAL = {"relu1_2": 1 / 16, "relu2_2": 1 / 8, "relu3_3": 1 / 4, "relu4_3": 1.0}


class SketchPortraitConfig(FamilyConfig):
    """Settings of ``sketchportrait``; the defaults are the published networks'."""

    windows: Literal["components", "whole"] = Field(
        "components", description="five windows, or the whole face as one window"
    )
    width: int = Field(32, ge=1, description="channels of the outermost level of the autoencoders")
    code_dim: int = Field(512, ge=1, description="length of the code of a window")
    maps: int = Field(32, ge=1, description="feature maps per window")
    generator_width: int = Field(56, ge=1, description="channels of the generator at full resolution")
    downs: int = Field(4, ge=1, le=6, description="downsampling layers of the generator")
    blocks: int = Field(9, ge=0, description="residual blocks of the generator")
    discriminator_width: int = Field(64, ge=1, description="channels of the first layer of the discriminators")
    scales: int = Field(2, ge=1, le=3, description="scales of the discriminator")
    components_share: float = Field(0.4, gt=0, lt=1, description="share of training for stage components")
    pixel: float = Field(10.0, ge=0, description="weight of the L1 distance to the photograph")
    feature_matching: float = Field(10.0, ge=0, description="weight of the distance in features of the discriminators")
    perceptual: float = Field(
        10.0, ge=0, description="weight of the distance in features of VGG16; with 0 its weights are not needed"
    )
    perceptual_side: int | None = Field(None, ge=32, description="side of the pictures for VGG16; null: their own")
    shift: float = Field(
        0.04, ge=0, lt=0.5, description="largest random shift of sketches, as a share of the side (stage one)"
    )
    zoom: float = Field(0.08, ge=0, lt=0.5, description="largest random change of their scale (stage one)")
    cutout: float = Field(
        0.2, ge=0, lt=1, description="side of the square erased in half of the sketches, as a share (stage two)"
    )
    blur: bool = Field(True, description="blur half of the sketches (stage two)")
    lr: float = Field(2e-4, gt=0, description="Adam's learning rate")
    betas: tuple[float, float] = Field((0.5, 0.999), description="Adam's betas")


class SketchPortrait(HasCodes, Family):
    """DeepFaceDrawing. Sketches are dark strokes on white, one channel, of aligned faces."""

    task = "paired"
    Config: ClassVar[type[FamilyConfig]] = SketchPortraitConfig
    averaged = ("components", "features", "generator")
    chain = ("encode", "paint")

    config: SketchPortraitConfig

    def __init__(self, config: SketchPortraitConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        if data.resolution not in (64, 128, 256, 512):
            raise UserError(
                f"sketchportrait takes pictures of 64, 128, 256 or 512 pixels, not {data.resolution}; "
                "change data.resolution."
            )
        if data.source_channels != 1:
            raise UserError(
                "sketchportrait takes sketches of one channel; use a degradation that draws, such as sketch, or set "
                "data.source_channels=1 for drawings of your own."
            )
        if config.windows == "components" and data.crop == "face-wide":
            raise UserError(
                "The five windows of sketchportrait stand where a closer crop puts eyes, nose and mouth; set "
                "data.crop=face-fixed, or model.windows=whole for data.crop=face-wide."
            )
        levels = sketchportrait.levels_at(data.resolution)
        self.parts: tuple[str, ...] = (
            tuple(sketchportrait.WINDOWS) if config.windows == "components" else ("remainder",)
        )
        sides = {part: sketchportrait.scaled(sketchportrait.WINDOWS[part], data.resolution).side for part in self.parts}
        self.components = nn.ModuleDict(
            {p: sketchportrait.Component(sides[p], levels, config.width, config.code_dim) for p in self.parts}
        )
        self.features = nn.ModuleDict(
            {
                p: sketchportrait.feature_decoder(sides[p], levels, config.width, config.code_dim, config.maps)
                for p in self.parts
            }
        )
        self.generator = GlobalGenerator(
            config.maps, data.channels, config.generator_width, config.downs, config.blocks
        )
        self.discriminator = MultiscaleDiscriminator(
            1 + data.channels, config.discriminator_width, scales=config.scales
        )

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        data = DataSpec(resolution=64, degradation="sketch", source_channels=1)  # type: ignore[call-arg]
        config = SketchPortraitConfig(  # type: ignore[call-arg]
            width=2, code_dim=8, maps=2, generator_width=2, downs=2, blocks=1, discriminator_width=2, perceptual=0
        )
        return config, data

    def stages(self) -> tuple[Stage, ...]:
        first = self.kimg * self.config.components_share
        painting = (
            Phase("D", ("discriminator",), self.discriminator_phase, fakes=self.render),
            Phase("G", ("features", "generator"), self.generator_phase, render=self.render),
        )
        return (
            Stage("components", first, (Phase("A", ("components",), self.components_phase),)),
            Stage("portrait", self.kimg - first, painting, lr_scale=linear_decay(0.5)),
        )

    def optimizer(self, network: str) -> Optimizer:
        return adam(self.get_submodule(network), self.config.lr, self.config.betas)

    # ── Augmentation ──

    def prepare(self, batch: PairedBatch, clock: Clock) -> PairedBatch:
        """Augment the sketches: random shifts and scales in stage one, blur and erased squares in stage two."""
        source = self._transformed(batch.source) if clock.stage == 0 else self._degraded(batch.source)
        return batch._replace(source=source)

    def _transformed(self, sketch: Tensor) -> Tensor:
        config, count, device = self.config, len(sketch), sketch.device
        if not config.shift and not config.zoom:
            return sketch
        scale = 1 + config.zoom * (2 * noise.uniform(count, device=device) - 1)
        shift = 2 * config.shift * (2 * noise.uniform(count, 2, device=device) - 1)  # the grid spans two units
        theta = torch.zeros(count, 2, 3, device=device)
        theta[:, 0, 0] = theta[:, 1, 1] = scale
        theta[:, :, 2] = shift
        grid = F.affine_grid(theta, list(sketch.shape), align_corners=False)
        # White (1) outside of the sketch.
        return F.grid_sample(sketch - 1, grid.to(sketch.dtype), align_corners=False) + 1

    def _degraded(self, sketch: Tensor) -> Tensor:
        config, (count, _, side, _), device = self.config, sketch.shape, sketch.device
        blurs = noise.uniform(count, 1, 1, 1, device=device) < 0.5
        cuts = noise.uniform(count, 1, 1, 1, device=device) < 0.5
        corner = noise.uniform(count, 2, 1, 1, device=device) * side
        if config.blur:
            soft = F.avg_pool2d(F.pad(sketch, (1, 1, 1, 1), mode="replicate"), 3, 1)
            sketch = torch.where(blurs, soft, sketch)
        if config.cutout:
            place = torch.arange(side, device=device)
            rows = (place[None, None, :, None] - corner[:, :1]).abs() < config.cutout * side / 2
            columns = (place[None, None, None, :] - corner[:, 1:]).abs() < config.cutout * side / 2
            sketch = torch.where(cuts & rows & columns, torch.ones_like(sketch), sketch)
        return sketch

    # ── Stage one ──

    def components_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared reconstruction error of each window (paper, §3.2), summed over windows."""
        windows = sketchportrait.cut(batch.source, self.parts)
        errors = {part: F.mse_loss(self.components[part](windows[part]).float(), windows[part]) for part in self.parts}
        return torch.stack(list(errors.values())).sum(), losses.detached(errors)

    # ── Stage two ──

    def render(self, batch: PairedBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: the portraits of the sketches."""
        with torch.no_grad():
            codes = self.codes(batch.source)
        return {"fake": self.portrait(codes)}

    def generator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Adversarial + feature matching + L1 + perceptual loss."""
        fake = batch.memo["fake"]
        fakes = self.discriminator(torch.cat([batch.source, fake], 1))
        with torch.no_grad():
            reals = self.discriminator(torch.cat([batch.source, batch.target], 1))
        adversarial, matching = (
            multiscale_losses.generator_loss(fakes),
            multiscale_losses.feature_matching(fakes, reals),
        )
        pixel = F.l1_loss(fake.float(), batch.target)
        loss = adversarial + self.config.feature_matching * matching + self.config.pixel * pixel
        shown = {"adversarial": adversarial, "feature_matching": matching, "pixel": pixel}
        if self.config.perceptual:
            shown["perceptual"] = self._perceptual(fake, batch.target)
            loss = loss + self.config.perceptual * shown["perceptual"]
        return loss, losses.detached(shown)

    def discriminator_phase(self, batch: PairedBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The adversarial loss of ``D`` on pairs of sketch and portrait, at each scale."""
        reals = self.discriminator(torch.cat([batch.source, batch.target], 1))
        fakes = self.discriminator(torch.cat([batch.source, batch.memo["fake"]], 1))
        return multiscale_losses.discriminator_loss(reals, fakes)

    def _perceptual(self, fake: Tensor, target: Tensor) -> Tensor:
        side = self.config.perceptual_side
        if side is not None and side < fake.shape[-1]:  # VGG16 costs more than the generator
            fake, target = (F.interpolate(x, (side, side), mode="area") for x in (fake, target))
        return multiscale_losses.perceptual(fake, target, PERCEPTUAL)

    # ── Inference ──

    def codes(self, sketch: Tensor) -> Tensor:
        """Codes of sketches: [N, 1, R, R] → [N, windows, code_dim], in the order of :attr:`parts`."""
        windows = sketchportrait.cut(sketch, self.parts)
        with evaluating(self.components):
            return torch.stack([self._component(part).encoder(windows[part]) for part in self.parts], 1)

    def sketches(self, codes: Tensor) -> dict[str, Tensor]:
        """Decode codes [N, windows, code_dim] into windows, each [N, 1, side, side] in about [-1, 1]."""
        with evaluating(self.components):
            return {part: self._component(part).decoder(codes[:, i]) for i, part in enumerate(self.parts)}

    def _component(self, part: str) -> sketchportrait.Component:
        return cast(sketchportrait.Component, self.components[part])

    def portrait(self, codes: Tensor) -> Tensor:
        """Codes [N, windows, code_dim] → portraits [N, channels, R, R] in [-1, 1]."""
        maps = {part: self.features[part](codes[:, i]) for i, part in enumerate(self.parts)}
        picture: Tensor = self.generator(sketchportrait.paste(maps))
        return picture

    def sketch(self, codes: Tensor) -> Tensor:
        """Decode codes [N, windows, code_dim] into whole sketches [N, 1, R, R], for shadow guidance."""
        return sketchportrait.paste(self.sketches(codes))

    @torch.no_grad()
    def code_bank(self, requests: Iterable[TranslationRequest]) -> dict[str, Tensor]:
        """``bank``: codes of all training sketches, float16 [sketches, windows, code_dim]; nothing without any."""
        device = next(self.components.parameters()).device
        codes = [self.codes(request.source.to(device)).cpu() for request in requests]
        return {"bank": torch.cat(codes).half()} if codes else {}

    def subgraphs(self) -> dict[str, Subgraph]:
        """``encode`` (sketch → codes), ``paint`` (codes → portrait), ``draw`` (codes → sketch)."""
        side, codes = self.data.resolution, (len(self.parts), self.config.code_dim)
        return {
            "encode": Subgraph(self.codes, (1, side, side)),
            "paint": Subgraph(self.portrait, codes),
            "draw": Subgraph(self.sketch, codes),
        }

    def generate(self, request: TranslationRequest) -> Tensor:
        """See the base class. Codes are not projected towards real sketches here (t = 1)."""
        with evaluating(self.features):
            return self.portrait(self.codes(request.source))
