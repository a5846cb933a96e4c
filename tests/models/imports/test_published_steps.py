"""Two steps of each family beside the loop of its authors, on the same networks, pictures and random numbers.

The loops are written from the repositories named in each test. Where they render new fakes for the generator, these
take those of the discriminator's step again, as the families do; everything else is theirs: which player moves first,
on which fakes, against which weights of the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F
from support.published_steps import double, parameters, played, step
from torch import Tensor
from torch.optim import Adam

from ganvas.models.batches import SynthesisBatch
from ganvas.models.families import cut
from ganvas.models.families.stylegan2 import StyleGAN2
from ganvas.models.family import Clock
from ganvas.models.networks.ugatit import AdaLIN
from ganvas.train.fabric import Fabric
from ganvas.train.step import Stepper


@pytest.fixture(autouse=True)
def _in_double(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Tensor, "float", Tensor.double)  # losses in full precision: here that of double
    with double():
        yield


def cross_entropy(logits: Tensor, target: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


def square(logits: Tensor, target: float) -> Tensor:
    return F.mse_loss(logits, torch.full_like(logits, target))


@pytest.mark.parametrize("spectral", [False, True])
def test_dcgan(monkeypatch: pytest.MonkeyPatch, spectral: bool) -> None:
    """PyTorch's example, github.com/pytorch/examples, dcgan/main.py."""
    game = played(monkeypatch, "dcgan", spectral_norm=spectral)
    g, d = game.before.generator, game.before.discriminator
    g_adam, d_adam = (Adam(network.parameters(), 2e-4, (0.5, 0.999)) for network in (g, d))
    for batch in game.batches:
        fake = g(game.numbers.pop(0), batch.y)
        real_loss = cross_entropy(d(batch.x, batch.y), 1)
        step(d_adam, real_loss + cross_entropy(d(fake.detach(), batch.y), 0))
        step(g_adam, cross_entropy(d(fake, batch.y), 1))
    game.check()


@pytest.mark.parametrize("name", ["sagan", "biggan"])
def test_sagan_and_biggan(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """github.com/ajbrock/BigGAN-PyTorch, train_fns.py: one pass of D over fakes and reals."""
    game = played(monkeypatch, name)
    g, d, config = game.before.generator, game.before.discriminator, game.before.config
    eps = getattr(config, "adam_eps", 1e-8)
    g_adam, d_adam = (Adam(n.parameters(), lr, config.betas, eps) for n, lr in ((g, config.lr_g), (d, config.lr_d)))
    spared = [] if g.shared is None else list(g.shared.parameters())
    for batch in game.batches:
        fake = g(game.numbers.pop(0), batch.y)
        made, real = d(torch.cat([fake.detach(), batch.x]), torch.cat([batch.y, batch.y])).chunk(2)
        step(d_adam, F.relu(1 - real).mean() + F.relu(1 + made).mean())
        g_adam.zero_grad()
        (-d(fake, batch.y).mean()).backward()
        for parameter in g.parameters() if name == "biggan" else ():
            if parameter.dim() > 1 and not any(parameter is one for one in spared):
                w = parameter.detach().flatten(1)
                orthogonal = 2 * ((w @ w.t()) * (1 - torch.eye(len(w)))) @ w
                assert parameter.grad is not None
                parameter.grad += config.orthogonal * orthogonal.view_as(parameter)
        g_adam.step()
    game.check()


def test_progan(monkeypatch: pytest.MonkeyPatch) -> None:
    """github.com/tkarras/progressive_growing_of_gans, train.py and loss.py, in the middle of a fade."""
    game = played(monkeypatch, "progan", stage=2)
    g, d = game.before.generator, game.before.discriminator
    g_adam, d_adam = (Adam(network.parameters(), 1e-3, (0.0, 0.99), 1e-8) for network in (g, d))
    for batch, clock in zip(game.batches, game.clocks, strict=True):
        growth = game.before.growth(clock)
        x, y = game.before.prepare(batch, clock).x, batch.y
        fake, along = g(game.numbers.pop(0), y, *growth), game.numbers.pop(0)
        (real_logits, real_classes), (fake_logits, fake_classes) = d(x, y, *growth), d(fake.detach(), y, *growth)
        between = (fake.detach() + (x - fake.detach()) * along).requires_grad_()
        (slope,) = torch.autograd.grad(d(between, y, *growth)[0].sum(), between, create_graph=True)
        loss = fake_logits.mean() - real_logits.mean() + 1e-3 * real_logits.square().mean()
        loss = loss + 10 * (slope.square().sum((1, 2, 3)).sqrt() - 1).square().mean()
        step(d_adam, loss + F.cross_entropy(real_classes, y) + F.cross_entropy(fake_classes, y))
        fake_logits, fake_classes = d(fake, y, *growth)
        step(g_adam, F.cross_entropy(fake_classes, y) - fake_logits.mean())
    game.check()


def test_stylegan2(monkeypatch: pytest.MonkeyPatch) -> None:
    """github.com/NVlabs/stylegan2-ada-pytorch, training_loop.py and loss.py: G first, then D on new fakes of the new G.

    In R1 updates the logits take part with weight 0, so that Adam updates the bias of D's output as well.
    """
    game = played(monkeypatch, "stylegan2", augment="none", path_length=0, r1=0.1, style_mixing=0)
    g, d = game.before.generator, game.before.discriminator
    ratios = [every / (every + 1) for every in (game.before.config.path_length_every, game.before.config.r1_every)]
    g_adam, d_adam = (
        Adam(network.parameters(), 0.0025 * ratio, (0.0, 0.99**ratio))
        for network, ratio in zip((g, d), ratios, strict=True)
    )
    with game.repeated(monkeypatch):
        for number, batch in enumerate(game.batches):

            def render(y: Tensor) -> Tensor:
                fake: Tensor = g.synthesis(g.styles(g.mapping(game.numbers.pop(0), y)), "random")
                return fake

            step(g_adam, F.softplus(-d(render(batch.y), batch.y)).mean())
            made = F.softplus(d(render(batch.y).detach(), batch.y)).mean()
            step(d_adam, made + F.softplus(-d(batch.x, batch.y)).mean())
            if number == 0:
                x = batch.x.clone().requires_grad_()
                logits = d(x, batch.y)
                (slope,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
                step(d_adam, (logits * 0 + slope.square().sum((1, 2, 3)) * (0.1 / 2)).mean() * 16)
    game.check()


def test_every_parameter_takes_part_in_lazy_updates_of_stylegan2() -> None:
    """loss.py of that code adds the pictures, or the logits, with weight 0 to both penalties."""
    config, data = StyleGAN2.tiny()
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper = Stepper(StyleGAN2(config, data, 1.0), fabric)
    x, y = torch.rand(4, 3, 16, 16) * 2 - 1, torch.zeros(4, dtype=torch.long)
    stage = stepper.family.stages()[0]
    stepper.step(stage, Clock(batch_size=4), lambda: [SynthesisBatch(x, y, {})])
    for name, network in stepper.networks.items():
        state = stepper.optimizers[name].state
        assert {int(state[parameter]["step"]) for parameter in network.parameters()} == {2}, name


def test_pix2pix(monkeypatch: pytest.MonkeyPatch) -> None:
    """github.com/junyanz/pytorch-CycleGAN-and-pix2pix, pix2pix_model.py: one dropout mask for both players."""
    game = played(monkeypatch, "pix2pix")
    g, d = game.before.generator, game.before.discriminator
    g_adam, d_adam = (Adam(network.parameters(), 2e-4, (0.5, 0.999)) for network in (g, d))
    with game.repeated(monkeypatch):
        for batch in game.batches:
            fake = g(batch.source)
            made = d(torch.cat([batch.source, fake.detach()], 1))
            real = d(torch.cat([batch.source, batch.target], 1))
            step(d_adam, 0.5 * (cross_entropy(made, 0) + cross_entropy(real, 1)))
            judged = cross_entropy(d(torch.cat([batch.source, fake], 1)), 1)
            step(g_adam, judged + 100 * F.l1_loss(fake, batch.target))
    game.check()


def test_pix2pixhd(monkeypatch: pytest.MonkeyPatch) -> None:
    """github.com/NVIDIA/pix2pixHD, train.py and pix2pixHD_model.py: simultaneous."""
    game = played(monkeypatch, "pix2pixhd", stage=2, layers=1, scales=2)
    family = game.before
    d = family.discriminator
    g_adam = Adam(parameters(family.trunk, family.enhancer), 2e-4, (0.5, 0.999))
    d_adam = Adam(d.parameters(), 2e-4, (0.5, 0.999))
    for batch in game.batches:
        fake = family.forward_generator(batch.source, None, False)
        made = d(torch.cat([batch.source, fake.detach()], 1))
        real = d(torch.cat([batch.source, batch.target], 1))
        d_loss = sum(0.5 * (square(f[-1], 0) + square(r[-1], 1)) for f, r in zip(made, real, strict=True))
        judged = d(torch.cat([batch.source, fake], 1))
        g_loss = sum(square(scale[-1], 1) for scale in judged)
        for f, r in zip(judged, real, strict=True):
            for ours, theirs in zip(f[:-1], r[:-1], strict=True):
                g_loss = g_loss + 10 * (4 / (1 + 1)) * (1 / 2) * F.l1_loss(ours, theirs.detach())
        step(g_adam, g_loss)
        step(d_adam, d_loss)
    game.check()


def test_cyclegan(monkeypatch: pytest.MonkeyPatch) -> None:
    """github.com/junyanz/pytorch-CycleGAN-and-pix2pix, cycle_gan_model.py: simultaneous."""
    game = played(monkeypatch, "cyclegan", enlarge=0, pool=0)
    family = game.before
    g_ab, g_ba, d_a, d_b = family.g_ab, family.g_ba, family.d_a, family.d_b
    g_adam = Adam(parameters(g_ab, g_ba), 2e-4, (0.5, 0.999))
    d_adam = Adam(parameters(d_a, d_b), 2e-4, (0.5, 0.999))
    for batch in game.batches:
        a, b = batch.a, batch.b
        fake_b, fake_a = g_ab(a), g_ba(b)
        loss = square(d_b(fake_b), 1) + square(d_a(fake_a), 1)
        loss = loss + 10 * (F.l1_loss(g_ba(fake_b), a) + F.l1_loss(g_ab(fake_a), b))
        step(g_adam, loss + 0.5 * 10 * (F.l1_loss(g_ab(b), b) + F.l1_loss(g_ba(a), a)))
        players = ((d_a, a, fake_a.detach()), (d_b, b, fake_b.detach()))
        step(d_adam, sum((0.5 * (square(d(x), 1) + square(d(fake), 0)) for d, x, fake in players), torch.zeros(())))
    game.check()


def test_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """github.com/taesungp/contrastive-unpaired-translation, cut_model.py and patchnce.py, at fixed places."""
    places: list[Tensor] = []

    def fixed(features: list[Tensor], count: int) -> list[Tensor]:
        every = [torch.arange(min(16, maps.shape[2] * maps.shape[3])) for maps in features]
        places[:] = every
        return [at.expand(len(maps), -1) for at, maps in zip(every, features, strict=True)]

    monkeypatch.setattr(cut, "draw_places", fixed)
    game = played(monkeypatch, "cut", enlarge=0)
    g, d, f = game.before.generator, game.before.discriminator, game.before.projector
    g_adam, d_adam, f_adam = (Adam(network.parameters(), 2e-4, (0.5, 0.999)) for network in (g, d, f))

    def kept(source: Tensor, made: Tensor) -> Tensor:
        where = [at.expand(len(source), -1) for at in places]
        losses = []
        for q, k in zip(f(g.features(made), where), f(g.features(source), where), strict=True):
            k = k.detach()
            positive = (q * k).sum(2, keepdim=True)
            negative = q @ k.transpose(1, 2)
            negative = negative.masked_fill(torch.eye(q.shape[1], dtype=torch.bool), -10.0)
            logits = torch.cat([positive, negative], 2).flatten(0, 1) / 0.07
            losses.append(F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long)))
        return torch.stack(losses).mean()

    for batch in game.batches:
        fake, same = g(torch.cat([batch.a, batch.b])).chunk(2)
        step(d_adam, 0.5 * (square(d(fake.detach()), 0) + square(d(batch.b), 1)))
        f_adam.zero_grad()
        step(g_adam, square(d(fake), 1) + 0.5 * (kept(batch.a, fake) + kept(batch.b, same)))
        f_adam.step()
    game.check(1e-7)  # the bias before an instance norm has no gradient, and Adam enlarges its rounding error


@pytest.mark.parametrize("light", [False, True])
def test_ugatit(monkeypatch: pytest.MonkeyPatch, light: bool) -> None:
    """github.com/znxlwm/UGATIT-pytorch, UGATIT.py: spectral norms iterate at each of D's three passes per step."""
    game = played(monkeypatch, "ugatit", enlarge=0, light=light)
    family = game.before
    g_ab, g_ba = family.g_ab, family.g_ba
    of_a, of_b = family.discriminators
    g_adam = Adam(parameters(g_ab, g_ba), 1e-4, (0.5, 0.999), weight_decay=1e-4)
    d_adam = Adam(parameters(*of_a, *of_b), 1e-4, (0.5, 0.999), weight_decay=1e-4)
    for batch in game.batches:
        a, b = batch.a, batch.b
        fake_b, fake_a = g_ab(a).output.detach(), g_ba(b).output.detach()
        loss = torch.zeros(())
        for target, pictures in ((1, (a, b)), (0, (fake_a, fake_b))):
            for pair, picture in zip((of_a, of_b), pictures, strict=True):
                for d in pair:
                    logits, classes, _ = d(picture)
                    loss = loss + square(logits, target) + square(classes, target)
        step(d_adam, loss)
        (fake_b, to_b, _), (fake_a, to_a, _) = g_ab(a), g_ba(b)
        cycle = F.l1_loss(g_ba(fake_b).output, a) + F.l1_loss(g_ab(fake_a).output, b)
        (same_a, stay_a, _), (same_b, stay_b, _) = g_ba(a), g_ab(b)
        loss = 10 * cycle + 10 * (F.l1_loss(same_a, a) + F.l1_loss(same_b, b))
        for changed, left in ((to_a, stay_a), (to_b, stay_b)):
            loss = loss + 1000 * (cross_entropy(changed, 1) + cross_entropy(left, 0))
        for pair, picture in ((of_a, fake_a), (of_b, fake_b)):
            for d in pair:
                logits, classes, _ = d(picture)
                loss = loss + square(logits, 1) + square(classes, 1)
        step(g_adam, loss)
        for module in [*g_ab.modules(), *g_ba.modules()]:
            if isinstance(module, AdaLIN):
                module.rho.data.clamp_(0, 1)
    game.check()


def test_starganv2(monkeypatch: pytest.MonkeyPatch) -> None:
    """github.com/clovaai/stargan-v2, core/solver.py: D twice, then G twice, the second time with the new G."""
    game = played(monkeypatch, "starganv2", crop=0, lr=1e-4)
    family = game.before
    g, f, e, d = family.generator, family.mapping_network, family.style_encoder, family.discriminator
    g_adam, f_adam, e_adam, d_adam = (
        Adam(network.parameters(), lr, (0.0, 0.99), weight_decay=1e-4)
        for network, lr in ((g, 1e-4), (f, 1e-6), (e, 1e-4), (d, 1e-4))
    )
    diversity = 1.0
    for batch in game.batches:
        x, y, y_ref = batch.x, batch.y, batch.y_ref
        z, z2 = game.numbers.pop(0), game.numbers.pop(0)

        def d_loss(s: Tensor, x: Tensor = x, y: Tensor = y, y_ref: Tensor = y_ref) -> Tensor:
            real = x.clone().requires_grad_()
            logits = d(real, y)
            (slope,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
            fake = g(x, s).detach()
            r1 = 0.5 * slope.square().flatten(1).sum(1).mean()
            return cross_entropy(logits, 1) + cross_entropy(d(fake, y_ref), 0) + r1

        def g_loss(
            s: Tensor, s2: Tensor, x: Tensor = x, y: Tensor = y, y_ref: Tensor = y_ref, diversity: float = diversity
        ) -> Tensor:
            fake = g(x, s)
            loss = cross_entropy(d(fake, y_ref), 1) + (e(fake, y_ref) - s).abs().mean()
            loss = loss - diversity * (fake - g(x, s2).detach()).abs().mean()
            return loss + (g(fake, e(x, y)) - x).abs().mean()

        step(d_adam, d_loss(f(z, y_ref)))
        step(d_adam, d_loss(e(batch.x_ref, y_ref)))
        for adam in (f_adam, e_adam):
            adam.zero_grad()
        step(g_adam, g_loss(f(z, y_ref), f(z2, y_ref)))
        f_adam.step()
        e_adam.step()
        step(g_adam, g_loss(e(batch.x_ref, y_ref), e(batch.x_ref2, y_ref)))
        diversity -= len(x) / 1000  # linear over the training, which is 1 kimg here
    game.check()
