"""StyleGAN2 with adaptive augmentation (Karras et al. 2020, twice: "Analyzing and improving the image quality of
StyleGAN" and "Training generative adversarial networks with limited data").

The generator minimises E softplus(−D(G(z))), the discriminator E softplus(−D(x)) + E softplus(D(G(z))). Two penalties
are lazy, computed each n-th step with n times the weight: γ/2 · E‖∇D(x)‖² (R1), and 2 · E(‖Jᵀy‖ − a)² (path length),
which makes a step in w change the picture by the same amount everywhere. All pictures are augmented before the
discriminator with probability p, and p is adapted to the share of real pictures with a positive logit: a large share
means that the discriminator memorises the training set.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.models import losses, noise
from ganvas.models.advice import GENERAL, If, Table
from ganvas.models.augment import Ada, DiffAugment
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.capabilities import HasLatentSpace, HasResolutions, Truncates
from ganvas.models.families.stylegan2_config import FULL, StyleGAN2Config
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.models.layers.compiling import differentiable_twice
from ganvas.models.layers.precision import without_autocast
from ganvas.models.networks.stylegan2 import Discriminator, Generator, freeze
from ganvas.models.optimizers import adam
from ganvas.models.running_mean import RunningMean
from ganvas.spec import DataSpec

W_AVG_BETA = 0.995  # decay of the average style
ADA_EVERY = 4  # steps between two adaptations of p

START_ADA = (
    If("model.ada_target=0.6", when={"augment": "ada", "ada_target": None}),
    If("model.augment=ada", unless={"augment": "ada"}),
)


class StyleGAN2(HasLatentSpace, HasResolutions, Truncates, Family):
    """StyleGAN2; conditional where the data have classes. Fakes have the labels of the real pictures of the step."""

    task = "synthesis"
    makes_opacity = True
    numbered_down = ("discriminator.blocks",)
    Config: ClassVar[type[FamilyConfig]] = StyleGAN2Config
    averaged = ("generator",)

    advice: ClassVar[Table] = {
        "discriminator_overpowers": (
            If(
                "a model.ada_target below {ada_target:g} and a lower model.ada_kimg",
                when={"augment": "ada"},
                unless={"ada_target": None},
            ),
            *START_ADA,
            "two to four times the model.r1",
            "trained weights to begin from with model.freeze_d",
        ),
        "discriminator_is_blind": (
            "a quarter of model.r1",
            If("a model.ada_target nearer to 0.7", when={"augment": "ada"}, unless={"ada_target": None}),
        ),
        "quality_falls": (
            "more pictures",
            *START_ADA,
            If("a lower model.ada_kimg", when={"augment": "ada"}, unless={"ada_target": None}),
            "two to four times the model.r1",
        ),
        "collapse": (
            "a quarter of model.r1 and four times it",
            "a larger train.batch_size",
            "an earlier checkpoint",
        ),
        "gradients_explode": ("a lower model.lr", "a larger model.r1", If("model.clamp=256", when={"clamp": None})),
        "generator_gradient_vanishes": ("a larger model.r1", "a lower model.lr", "an earlier checkpoint"),
        "not_finite": ("a lower model.lr", *GENERAL["not_finite"]),
    }

    config: StyleGAN2Config
    path_mean: Tensor
    sign_sum: Tensor
    sign_count: Tensor

    def __init__(self, config: StyleGAN2Config, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        side = data.resolution
        if side & (side - 1) or side < 8:
            raise UserError(f"stylegan2 makes pictures of 8, 16, 32, … pixels, not {side}; change resolution.")
        self.z_dim = config.z_dim
        base = config.base or (FULL if side >= 512 else FULL // 2)
        sizes: dict[str, Any] = {
            "base": base,
            "most": config.most,
            "classes": len(data.classes),
            "mapping_layers": config.mapping_layers,
            "clamp": config.clamp,
        }
        self.generator = Generator(
            side,
            data.channels,
            z_dim=config.z_dim,
            w_dim=config.w_dim,
            architecture=config.g_architecture,
            noisy=config.noise,
            **sizes,
        )
        # The label mapping of the discriminator always has 8 layers, as in the paper's code.
        self.discriminator = Discriminator(
            side,
            data.channels,
            architecture=config.d_architecture,
            group=config.group,
            **sizes | {"mapping_layers": 8},
        )
        self.augment: nn.Module
        match config.augment:
            case "ada":
                self.augment = Ada(config.pipe, config.ada_p)
            case "diffaugment":
                self.augment = DiffAugment(config.policy)
            case "none":
                self.augment = nn.Identity()
        self._freeze()
        self.w_tally = RunningMean(config.w_dim)
        self.path_tally = RunningMean()
        self.sign_tally = RunningMean()
        self.register_buffer("path_mean", torch.zeros(()))
        self.register_buffer("sign_sum", torch.zeros(()))
        self.register_buffer("sign_count", torch.zeros(()))

    def _freeze(self) -> None:
        names = [name for name, _ in self.discriminator.layer_names()]
        if self.config.freeze_d > len(names):
            raise UserError(
                f"model.freeze_d is {self.config.freeze_d}, but this discriminator has {len(names)} layers to freeze."
            )
        for name in names[: self.config.freeze_d]:
            freeze(self.discriminator.get_submodule(name))
        if self.config.freeze_mapping:
            freeze(self.generator.mapping)
        self.frozen = tuple(f"discriminator.{name}." for name in names[: self.config.freeze_d])
        self.frozen += ("generator.mapping.",) if self.config.freeze_mapping else ()

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        config = StyleGAN2Config(z_dim=8, w_dim=8, base=128, most=8, ada_p=0.3, r1=0.1)  # type: ignore[call-arg]
        return config, DataSpec(resolution=16)  # type: ignore[call-arg]

    def stages(self) -> tuple[Stage, ...]:
        config = self.config
        phases = [Phase("G", ("generator",), self.generator_phase, after=self._update_w_avg)]
        if config.path_length:
            every = config.path_length_every
            phases.append(
                Phase("G/path_length", ("generator",), self.path_length_phase, every, after=self._update_path_mean)
            )
        phases.append(Phase("D", ("discriminator",), self.discriminator_phase, after=self._adapt))
        if config.r1 != 0:
            phases.append(Phase("D/r1", ("discriminator",), self.r1_phase, config.r1_every, after=self._count_signs))
        return (Stage("adversarial", self.kimg, tuple(phases)),)

    def compilable(self) -> tuple[nn.Module, ...]:
        return self.generator.mapping, self.generator.synthesis, self.discriminator

    def optimizer(self, network: str) -> Optimizer:
        """Adam, corrected for lazy regularisation by c = n / (n + 1): c · lr, β₂ᶜ (Karras et al. 2020, appendix B)."""
        config = self.config
        every = config.path_length_every if network == "generator" else config.r1_every
        ratio = every / (every + 1)
        lr = config.lr or (0.002 if self.data.resolution >= 1024 else 0.0025)
        return adam(self.get_submodule(network), lr * ratio, (0.0, 0.99**ratio))

    # ── Forward passes ──────────────────────────────────────────────────────────────────────────────────────────────

    def styles(self, y: Tensor) -> Tensor:
        """Styles ws [N, layers, w_dim] from new noise, with style mixing: the later layers take a second w."""
        device = y.device
        w = self.generator.mapping(noise.normal(len(y), self.z_dim, device=device), y)
        self.w_tally.add(w)
        ws = self.generator.styles(w)
        if self.config.style_mixing:
            layers = ws.shape[1]
            other = self.generator.mapping(noise.normal(len(y), self.z_dim, device=device), y)
            # One crossover per batch, as in the paper's code; the same in all micro-batches.
            mixed = torch.rand((), device=device) < self.config.style_mixing
            place = torch.randint(1, layers, (), device=device)
            later = (torch.arange(layers, device=device) >= place) & mixed
            ws = torch.where(later[None, :, None], other[:, None], ws)
        return ws

    def render(self, y: Tensor) -> Tensor:
        """Fakes of classes ``y`` [N] from new noise, float [N, C, R, R]."""
        fake: Tensor = self.generator.synthesis(self.styles(y), "random")
        return fake

    def discriminate(self, x: Tensor, y: Tensor) -> Tensor:
        """Logits [N] of augmented pictures."""
        logits: Tensor = self.discriminator(self.augment(x), y)
        return logits

    # ── Phases ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def generator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """E softplus(−D(G(z)))."""
        fake_logits = self.discriminate(self.render(batch.y), batch.y)
        return losses.generator_loss("non_saturating", fake_logits), {"fake_logits": fake_logits.detach().mean()}

    def path_length_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """E (‖Jᵀy‖ − a)² on every second row (the paper's code takes half a batch as well).

        ``a`` is the running mean before this step, where the paper's code has already moved it by 1 % towards this
        batch: so the result does not depend on how the batch is split.
        """
        halves = len(batch.y) % 2 == 0
        y = batch.y[::2] if halves else batch.y
        with without_autocast(y), differentiable_twice(), noise.every_second() if halves else nullcontext():
            ws = self.styles(y)
            if not ws.requires_grad:  # a frozen mapping network
                ws.requires_grad_()
            fake = self.generator.synthesis(ws, "random")
            grain = noise.normal(*fake.shape, device=fake.device) / (fake.shape[2] * fake.shape[3]) ** 0.5
            (slope,) = torch.autograd.grad((fake * grain).sum(), ws, create_graph=True)
            lengths = slope.square().sum(2).mean(1).sqrt()
        self.path_tally.add(lengths)
        penalty = (lengths - self.path_mean).square().mean()
        # As in the paper's code, each parameter takes part, if only with a gradient of 0, so that Adam's moments of
        # those that the penalty does not depend on (biases of the pictures) decay in these phases as well.
        return penalty * self.config.path_length + fake.sum() * 0, {
            "path_length": lengths.detach().mean(),
            "path_mean": self.path_mean.clone(),
        }

    def discriminator_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """E softplus(−D(x)) + E softplus(D(G(z))); two passes, since the minibatch deviation must not mix them."""
        with torch.no_grad():
            fake = self.render(batch.y)
        fake_logits = self.discriminate(fake, batch.y)
        real_logits = self.discriminate(batch.x, batch.y)
        self.sign_tally.add(real_logits.sign())
        shown = losses.discriminator_statistics("non_saturating", real_logits, fake_logits)
        if isinstance(self.augment, Ada):
            shown["augment_p"] = self.augment.p.clone()
            shown["real_sign"] = real_logits.detach().sign().mean()
        return losses.discriminator_loss("non_saturating", real_logits, fake_logits), shown

    def r1_phase(self, batch: SynthesisBatch, clock: Clock) -> tuple[Tensor, dict[str, Tensor]]:
        """γ/2 · E‖∇D(x)‖², the gradient with respect to the pictures before augmentation."""
        logits, gradient = losses.logits_and_gradient(lambda x: self.discriminate(x, batch.y), batch.x)
        self.sign_tally.add(logits.sign())
        penalty = losses.squared_norm(gradient).mean()
        weight = self.config.r1
        if weight is None:
            weight = 0.0002 * self.data.resolution**2 / clock.batch_size
        # The bias of the logits with a gradient of 0: see path_length_phase.
        return penalty * (weight / 2) + logits.sum() * 0, {"r1": penalty.detach()}

    # ── After updates ───────────────────────────────────────────────────────────────────────────────────────────────

    def _update_w_avg(self, clock: Clock) -> None:
        mean = self.w_tally.take()
        if mean is not None:
            self.generator.mapping.w_avg.lerp_(mean, 1 - W_AVG_BETA)

    def _update_path_mean(self, clock: Clock) -> None:
        self._update_w_avg(clock)
        mean = self.path_tally.take()
        if mean is not None:
            self.path_mean.lerp_(mean, 0.01)

    def _count_signs(self, clock: Clock) -> None:
        mean = self.sign_tally.take()
        if mean is not None:
            self.sign_sum.add_(mean)
            self.sign_count.add_(1)

    def _adapt(self, clock: Clock) -> None:
        self._update_w_avg(clock)
        self._count_signs(clock)
        if (clock.step + 1) % ADA_EVERY:
            return
        target = self.config.ada_target
        if isinstance(self.augment, Ada) and target is not None:
            step = clock.batch_size * ADA_EVERY / (self.config.ada_kimg * 1000)
            self.augment.adapt(self.sign_sum / self.sign_count.clamp(min=1), target, step)
        self.sign_sum.zero_()
        self.sign_count.zero_()

    def generate(self, request: SynthesisRequest) -> Tensor:
        """See the base class. The noise maps are those stored in the generator."""
        fake: Tensor = self.generator(request.z, request.y, request.psi, "constant")
        return fake.clamp(-1, 1)

    def latent(self, request: SynthesisRequest) -> Tensor:
        """The styles ws after truncation by psi; they depend on the class as well."""
        mapping = self.generator.mapping
        w = mapping.w_avg + (mapping(request.z, request.y) - mapping.w_avg) * request.psi[:, None]
        return self.generator.styles(w)

    def decode(self, latent: Tensor) -> Tensor:
        fake: Tensor = self.generator.synthesis(latent, "constant")
        return fake

    @property
    def normal_dim(self) -> int:
        return 0

    def resolution_of(self, key: str) -> int | None:
        """See :class:`ganvas.models.capabilities.HasResolutions`; the learned constant is of 4 × 4."""
        part, _, rest = key.removeprefix("generator.").partition(".")
        if part != "synthesis":
            return None
        blocks, _, rest = rest.partition(".")
        return 4 << int(rest.split(".")[0]) if blocks == "blocks" else 4

    def noise_buffers(self) -> list[Tensor]:
        return [buffer for name, buffer in self.generator.named_buffers() if name.endswith("noise_constant")]

    def sefa_weights(self) -> list[Tensor]:
        """The affine layer of each convolution, and that of the last layer to RGB."""
        blocks = self.generator.synthesis.blocks
        names = [f"{i}.conv{j}.affine.weight" for i in range(len(blocks)) for j in range(2) if i or j]
        return [blocks.get_parameter(name) for name in [*names, f"{len(blocks) - 1}.to_image.affine.weight"]]
