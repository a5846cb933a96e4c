"""StarGAN v2 (Choi, Uh, Yoo & Ha 2020): one generator translates a picture into any domain, in the style of a reference
or of a latent.

Each network is updated twice per step, with styles of the mapping network (from noise) and with styles of the style
encoder (from references): first ``D`` twice, then ``G`` twice against the new ``D``, as in the authors' code. The
make-up terms transfer colours of lips, eyes and skin from the reference and keep features and background of the source.
"""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import face_masks, losses, makeup_losses, noise
from ganvas.models.advice import If, Table
from ganvas.models.augment.crop import random_resized_crop
from ganvas.models.batches import ReferenceBatch, ReferenceRequest
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.networks.starganv2 import Discriminator, Generator, MappingNetwork, StyleEncoder, first_width
from ganvas.models.optimizers import adam
from ganvas.models.perceptual import load_vgg16, perceptual_loss
from ganvas.spec import DataSpec

LOSS = "non_saturating"
SMALLEST = 32
IDENTITY_LAYERS = ("relu3_3", "relu4_3")  # of VGG16: the structure of a face, without its exact colours


class StarGANv2Config(FamilyConfig):
    """Settings of ``starganv2``; the defaults are the paper's at 256 px, for animals (``outline`` 0)."""

    z_dim: int = Field(16, ge=1, description="length of the latents of the mapping network")
    style_dim: int = Field(64, ge=1, description="length of a style")
    hidden: int = Field(512, ge=1, description="width of the layers of the mapping network")
    width: int | None = Field(
        None, ge=1, description="channels of the first layers; null: 16384 / resolution, 64 at 256 px"
    )
    widest: int = Field(512, ge=1, description="channels of the widest layers")
    outline: float = Field(
        0.0,
        ge=0,
        description="faces: pass fine lines of the source on, divided by this (w_hpf in the paper: 1); 0: no",
    )
    residual: bool = Field(False, description="the generator predicts the difference from the source, for make-up")
    r1: float = Field(1.0, ge=0, description="weight of the R1 penalty, at each step")
    style: float = Field(1.0, ge=0, description="weight of the style reconstruction loss (L1)")
    cycle: float = Field(1.0, ge=0, description="weight of the cycle consistency loss (L1)")
    diversity: float = Field(1.0, ge=0, description="initial weight of the style diversification loss")
    diversity_kimg: float | None = Field(
        None, gt=0, description="kimg in which that weight decays linearly to 0; null: the whole training"
    )
    makeup: float = Field(0.0, ge=0, description="faces: weight of the histogram loss on lips, eyes and skin")
    skin: float = Field(0.1, ge=0, description="weight of the skin in the histogram loss; lips and eyes have 1")
    identity: float = Field(0.0, ge=0, description="weight of the distance to the source in features of VGG16")
    background: float = Field(
        0.0, ge=0, description="faces: weight of the L1 distance to the source outside of the face"
    )
    crop: float = Field(0.5, ge=0, le=1, description="probability of a random resized crop, per picture")
    lr: float = Field(1e-4, gt=0, description="Adam's learning rate of generator, style encoder and discriminator")
    mapping_lr: float = Field(1e-6, gt=0, description="Adam's learning rate of the mapping network")
    betas: tuple[float, float] = Field((0.0, 0.99), description="Adam's betas, all networks")
    weight_decay: float = Field(1e-4, ge=0, description="weight decay of Adam, added to the gradient (L2)")


class StarGANv2(Family):
    """StarGAN v2, with optional make-up terms."""

    task = "reference"
    Config: ClassVar[type[FamilyConfig]] = StarGANv2Config
    averaged = ("generator", "mapping_network", "style_encoder")

    advice: ClassVar[Table] = {
        "discriminator_overpowers": (
            "more pictures",
            "two to four times the model.r1",
            "a model.crop of 0.5 or more",
        ),
        "discriminator_is_blind": ("a quarter of model.r1", "an earlier checkpoint"),
        "collapse": ("twice the model.diversity", "a longer model.diversity_kimg", "a larger train.batch_size"),
        "gradients_explode": ("a lower model.lr", "a larger model.r1", "half the model.diversity"),
        "generator_gradient_vanishes": ("a lower model.lr", "a larger model.r1", "half the model.diversity"),
        "quality_falls": (
            "a lower model.diversity",
            "more pictures",
            If("model.outline=1 for faces", when={"outline": False}),
        ),
    }

    config: StarGANv2Config

    def __init__(self, config: StarGANv2Config, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data.model_copy(update={"source_channels": data.channels}), kimg)
        side, channels, domains = data.resolution, data.channels, len(data.classes)
        if side < SMALLEST or side & (side - 1):
            raise UserError(f"starganv2 takes pictures of 32, 64, 128, 256, … pixels, not {side}; change resolution.")
        if domains < 2:
            raise UserError(
                "starganv2 translates between domains: put the pictures of each domain into a sub-folder, two or more, "
                "and set data.conditional=true."
            )
        width = config.width or first_width(side)
        size = (side, channels, width, config.widest)
        self.generator = Generator(*size, config.style_dim, config.outline, residual=config.residual)
        self.mapping_network = MappingNetwork(config.z_dim, config.style_dim, domains, config.hidden)
        self.style_encoder = StyleEncoder(*size, config.style_dim, domains)
        self.discriminator = Discriminator(*size, domains)
        self.z_dim = config.z_dim

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = StarGANv2Config(z_dim=4, style_dim=4, hidden=8, width=4, widest=8, lr=1e-3)  # type: ignore[call-arg]
        return config, DataSpec(resolution=32, classes=("disc", "square"))  # type: ignore[call-arg]

    @property
    def needs_regions(self) -> bool:
        """Whether a loss needs regions of the face."""
        return self.config.makeup > 0 or self.config.background > 0

    def stages(self) -> tuple[Stage, ...]:
        phases = (
            Phase("D/latent", ("discriminator",), self.discriminator_phase, fakes=self.render_latent),
            Phase("D/reference", ("discriminator",), self.discriminator_phase, fakes=self.render_reference),
            Phase(
                "G/latent",
                ("generator", "mapping_network", "style_encoder"),
                self.latent_phase,
                render=self.render_latent,
            ),
            Phase("G/reference", ("generator",), self.reference_phase, render=self.render_reference),
        )
        return (Stage("adversarial", self.kimg, phases),)

    def optimizer(self, network: str) -> Optimizer:
        config = self.config
        lr = config.mapping_lr if network == "mapping_network" else config.lr
        return adam(self.get_submodule(network), lr, config.betas, weight_decay=config.weight_decay)

    # ── Inputs ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def prepare(self, batch: ReferenceBatch, clock: Clock) -> ReferenceBatch:
        """Random resized crops of pictures and, where they are needed, of the masks of faces."""
        chance = self.config.crop
        wanted: dict[str, Tensor] = {}
        with torch.no_grad():
            if self.needs_regions:
                wanted["regions"] = face_masks.masks_of(batch.x, "regions")
            if self.config.outline:
                wanted["outline"] = face_masks.masks_of(batch.x, "outlines")
            x = random_resized_crop(torch.cat([batch.x, *wanted.values()], 1), chance)
            x_ref = batch.x_ref
            if self.config.makeup:
                x_ref = torch.cat([x_ref, face_masks.masks_of(x_ref, "regions")], 1)
            x_ref, x_ref2 = random_resized_crop(x_ref, chance), random_resized_crop(batch.x_ref2, chance)
        channels = self.data.channels
        x, *masks = torch.split(x, [channels, *(mask.shape[1] for mask in wanted.values())], 1)
        batch.memo.update(zip(wanted, masks, strict=True))
        if self.config.makeup:
            x_ref, batch.memo["reference_regions"] = torch.split(x_ref, [channels, x_ref.shape[1] - channels], 1)
        return batch._replace(x=x, x_ref=x_ref, x_ref2=x_ref2)

    def _style(self, batch: ReferenceBatch) -> Tensor:
        """Styles of the mapping network from new noise, float [N, style_dim]."""
        z = noise.normal(len(batch.x), self.z_dim, device=batch.x.device)
        style: Tensor = self.mapping_network(z, batch.y_ref)
        return style

    def _fake(self, batch: ReferenceBatch, s: Tensor) -> Tensor:
        fake: Tensor = self.generator(batch.x, s, batch.memo.get("outline"))
        return fake

    # ── Phases ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def render_latent(self, batch: ReferenceBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: the pictures in styles from noise; ``style``: these styles."""
        s = self._style(batch)
        return {"fake": self._fake(batch, s), "style": s}

    def render_reference(self, batch: ReferenceBatch, clock: Clock) -> dict[str, Tensor]:
        """``fake``: the pictures in the styles of references; ``style``: these styles."""
        with torch.no_grad():  # only the generator is updated
            s = self.style_encoder(batch.x_ref, batch.y_ref)
        return {"fake": self._fake(batch, s), "style": s}

    def latent_phase(self, batch: ReferenceBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of ``G`` with styles from noise (eq. 5)."""
        with torch.no_grad():
            s2 = self._style(batch)
        return self._generator_loss(batch, s2, clock)

    def reference_phase(self, batch: ReferenceBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of ``G`` with styles of references, and the make-up loss."""
        with torch.no_grad():
            s2 = self.style_encoder(batch.x_ref2, batch.y_ref)
        loss, shown = self._generator_loss(batch, s2, clock)
        if self.config.makeup:
            weights = (1.0, 1.0, self.config.skin)
            regions, others = batch.memo["regions"], batch.memo["reference_regions"]
            makeup = makeup_losses.makeup_loss(batch.memo["fake"], batch.x_ref, regions, others, weights)
            loss, shown["makeup"] = loss + self.config.makeup * makeup, makeup.detach()
        return loss, shown

    def _generator_loss(self, batch: ReferenceBatch, s2: Tensor, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of ``G`` (eq. 5) with ``s2`` as the other style, and its terms."""
        config, fake, s = self.config, batch.memo["fake"], batch.memo["style"]
        adversarial = losses.generator_loss(LOSS, self.discriminator(fake, batch.y_ref).float())
        style = F.l1_loss(self.style_encoder(fake, batch.y_ref).float(), s.float())
        # The face is at the same place in the fake, so the outline masks of the source apply to it.
        own = self.style_encoder(batch.x, batch.y)
        cycle = F.l1_loss(self.generator(fake, own, batch.memo.get("outline")).float(), batch.x)
        with torch.no_grad():
            other = self._fake(batch, s2)
        diversity = F.l1_loss(fake.float(), other.float())
        weight = config.diversity * self._diversity_decay(clock)
        loss = adversarial + config.style * style + config.cycle * cycle - weight * diversity
        shown = {"adversarial": adversarial, "style": style, "cycle": cycle, "diversity": diversity}
        if config.identity:
            vgg = load_vgg16(fake.device)
            shown["identity"] = perceptual_loss(vgg, fake, batch.x, IDENTITY_LAYERS)
            loss = loss + config.identity * shown["identity"]
        if config.background:
            shown["background"] = makeup_losses.background_loss(fake, batch.x, batch.memo["regions"])
            loss = loss + config.background * shown["background"]
        return loss, losses.detached(shown)

    def _diversity_decay(self, clock: Clock) -> float:
        """Decay of the weight of the diversity, from 1 to 0."""
        length = self.config.diversity_kimg
        return 1 - (clock.progress if length is None else clock.ramp(0.0, length))

    def discriminator_phase(self, batch: ReferenceBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """Adversarial loss and R1 of ``D``."""
        real_logits, gradient = losses.logits_and_gradient(lambda x: self.discriminator(x, batch.y), batch.x)
        fake_logits = self.discriminator(batch.memo["fake"], batch.y_ref).float()
        r1 = losses.squared_norm(gradient).mean()
        loss = losses.discriminator_loss(LOSS, real_logits, fake_logits) + self.config.r1 / 2 * r1
        return loss, losses.discriminator_statistics(LOSS, real_logits, fake_logits) | {"r1": r1.detach()}

    # ── Inference ───────────────────────────────────────────────────────────────────────────────────────────────────

    def generate(self, request: ReferenceRequest) -> Tensor:
        """Each source in domain ``y``, in the style of its reference, of its latent, or of a mixture of the two."""
        share = request.share[:, None]
        of_reference = self.style_encoder(request.reference, request.y)
        of_latent = self.mapping_network(request.z, request.y)
        outline = request.outline if self.config.outline else None
        fake: Tensor = self.generator(request.source, of_reference + share * (of_latent - of_reference), outline)
        return fake.clamp(-1, 1)
