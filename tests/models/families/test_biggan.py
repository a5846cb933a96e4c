"""BigGAN: sizes, hierarchy, truncation with standing statistics, orthogonal regularisation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from support.exported import exported  # noqa: F401 - a fixture
from support.phases import phase_loss
from support.requests import example_request
from torch import nn

from ganvas.bundle import read_bundle
from ganvas.curate.dataset.pack import pack
from ganvas.inference.load import load_run
from ganvas.models.batches import SynthesisBatch, SynthesisRequest
from ganvas.models.capabilities import standing_statistics
from ganvas.models.families import build
from ganvas.models.families.biggan import TRUNCATIONS, BigGAN, orthogonal_penalty
from ganvas.models.family import Clock, GenerateModule
from ganvas.models.layers.conditional import standing_norms
from ganvas.models.networks.biggan import Generator
from ganvas.recipe import load
from ganvas.runs.folder import RunDir
from ganvas.spec import DataSpec
from ganvas.train.fabric import Fabric
from ganvas.train.step import Stepper
from ganvas.train.trainer import train

CLOCK = Clock(stage_kimg=1.0, batch_size=4)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def biggan(classes: tuple[str, ...] = ("a", "b"), resolution: int = 32, **model: Any) -> BigGAN:
    settings = {"channels": 2, "z_dim": 8, "shared_dim": 4, "standing_batches": 2, **model}
    family = build("biggan", settings, DataSpec(resolution=resolution, classes=classes), 1.0)
    assert isinstance(family, BigGAN)
    for norm in standing_norms(family):  # as if trained: statistics that are not 0 and 1
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.normal_(0, 0.3)
        norm.running_var.uniform_(0.5, 2)
    return family.eval()


def ask(family: BigGAN, psi: float, count: int = 3, seed: int = 1) -> torch.Tensor:
    request = example_request(family, count, seed=seed)
    with torch.no_grad():
        return family.generate(request._replace(psi=torch.full((count,), psi)))


# ── Networks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("recipe", "settings", "classes", "counts"),
    [
        ("biggan-128", [], 1000, (70_433_988, 87_982_370)),
        ("biggan-32", [], 10, (4_668_163, 4_207_361)),
        ("biggan-128", ["data.resolution=64", "model.channels=64", "model.z_dim=128"], 1000, (31_995_396, 20_571_842)),
        ("biggan-128", ["data.resolution=256", "model.z_dim=140"], 1000, (82_097_604, 99_191_330)),
    ],
)
def test_the_published_sizes(recipe: str, settings: list[str], classes: int, counts: tuple[int, int]) -> None:
    loaded = load(recipe, settings)
    with torch.device("meta"):
        data = loaded.data_spec(tuple(map(str, range(classes))))
        family = build("biggan", loaded.model, data, loaded.train.kimg)
    got = {name: sum(p.numel() for p in network.parameters()) for name, network in family.networks().items()}
    assert got == {"generator": counts[0], "discriminator": counts[1]}


def test_the_latent_is_rounded_down_to_equal_parts() -> None:
    assert biggan(z_dim=11).z_dim == 8  # four parts at 32 px
    assert biggan(z_dim=11, hierarchical=False).z_dim == 11


def test_each_part_of_the_latent_reaches_its_own_block() -> None:
    family = biggan(resolution=64, channels=1, z_dim=10)
    seen: list[torch.Tensor] = []
    for block in family.generator.blocks:
        block.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[1]))
    z, y = torch.randn(1, 10), torch.tensor([1])
    family.generator(z, y)
    assert family.generator.shared is not None
    for index, condition in enumerate(seen):
        wanted = torch.cat([family.generator.shared(y), z[:, 2 * index + 2 : 2 * index + 4]], 1)
        assert torch.equal(condition, wanted)


def test_weights_start_at_right_angles() -> None:
    generator = Generator(
        32, 3, 2, 8, 2, shared_dim=4, hierarchical=True, attention=(), init="orthogonal"
    )  # fmt: skip
    weight = generator.to_image.weight.flatten(1)
    torch.testing.assert_close(weight @ weight.t(), torch.eye(3), atol=1e-5, rtol=0)


def test_it_works_without_classes_as_with_one() -> None:
    family = biggan(classes=())
    assert ask(family, 1.0).shape == (3, 3, 32, 32)
    family.train()
    loss, _ = phase_loss(family, "D", SynthesisBatch(torch.rand(4, 3, 32, 32), torch.zeros(4).long(), {}), CLOCK)
    assert loss.isfinite()


# ── Truncation ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_psi_scales_the_latent() -> None:
    family = biggan()
    request = example_request(family, 3)
    half = request._replace(psi=torch.full((3,), 0.5))
    assert torch.equal(family.generate(half), family.generate(request._replace(z=request.z / 2)))
    at_zero = ask(family, 0.0, count=3)
    assert torch.equal(at_zero[0], at_zero[2])  # classes a, b, a


def test_standing_statistics_are_the_averages_over_fixed_latents() -> None:
    family = biggan()
    family.measure_standing_statistics()
    first = family.generator.blocks[0].norm1.norm  # its input is a linear map of the first part of z alone
    for index, psi in ((0, 0.0), (2, 0.4), (TRUNCATIONS - 1, 1.0)):
        means, variances = [], []
        for number in range(2):
            z = torch.randn(32, 8, generator=torch.Generator().manual_seed(number)) * psi
            h = family.generator.linear(z[:, :2]).view(32, -1, 16).detach()
            means.append(h.mean((0, 2)))
            variances.append(h.var((0, 2), correction=0))
        torch.testing.assert_close(first.standing_mean[index], torch.stack(means).mean(0), atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(first.standing_var[index], torch.stack(variances).mean(0), atol=1e-5, rtol=1e-4)


def test_a_training_shows_its_samples_with_the_statistics_of_no_truncation() -> None:
    family = biggan()
    running = ask(family, 1.0)
    with standing_statistics(family):
        shown = ask(family, 1.0)
    assert torch.equal(ask(family, 1.0), running)
    family.measure_standing_statistics()
    assert torch.equal(ask(family, 1.0), shown)
    assert not torch.equal(shown, running)


def test_settling_changes_nothing_else_and_can_be_repeated() -> None:
    family = biggan()
    before = {key: value.clone() for key, value in family.state_dict().items()}
    running = ask(family, 1.0)
    family.measure_standing_statistics()
    once = {key: value.clone() for key, value in family.state_dict().items()}
    changed = {key.rpartition(".")[2] for key in before if not torch.equal(before[key], once[key])}
    assert changed == {"standing_mean", "standing_var", "stands"}
    assert not any(module.training for module in family.modules())
    settled = ask(family, 1.0)
    assert (settled - running).abs().max() > 1e-3  # the made-up running statistics are no longer asked
    family.measure_standing_statistics()
    assert all(torch.equal(once[key], value) for key, value in family.state_dict().items())
    assert torch.equal(ask(family, 1.0), settled)


def test_between_two_statistics_there_is_a_straight_line() -> None:
    generator = biggan().generator
    generator.stands.fill_(1.0)
    mix = generator.mixture(torch.tensor([0.0, 0.2, 0.5, 1.0, 1.7]))
    wanted = torch.zeros(5, TRUNCATIONS)
    wanted[0, 0] = wanted[1, 1] = wanted[3, 5] = wanted[4, 5] = 1
    wanted[2, 2] = wanted[2, 3] = 0.5
    torch.testing.assert_close(mix, wanted)


def test_rows_of_one_batch_may_be_truncated_differently() -> None:
    family = biggan()
    family.measure_standing_statistics()
    z, y = torch.randn(1, 8).repeat(3, 1), torch.zeros(3).long()
    psi = torch.tensor([1.0, 0.3, 0.7])
    with torch.no_grad():
        together = family.generate(SynthesisRequest(z, y, psi))
        for row in range(3):
            alone = family.generate(SynthesisRequest(z[:1], y[:1], psi[row : row + 1]))
            torch.testing.assert_close(together[row : row + 1], alone, atol=1e-5, rtol=0)


def test_standing_statistics_survive_saving() -> None:
    family = biggan()
    family.measure_standing_statistics()
    copy = biggan()
    copy.load_state_dict(family.state_dict())
    assert torch.equal(ask(copy, 0.5), ask(family, 0.5))


def test_a_finished_run_is_settled(pictures: Path, tmp_path: Path) -> None:
    settings = ["model.channels=2", "model.z_dim=8", "model.standing_batches=1", "data.resolution=32"]
    settings += ["train.kimg=0.016", "train.batch_size=8", "train.metric_kimg=0", "train.workers=0", "data.minimum=2"]
    recipe = load("biggan-64-small", settings)
    run = RunDir(tmp_path / "run")
    train(recipe, run, pack(pictures, resolution=32).path)
    family = load_run(run).family
    assert isinstance(family, BigGAN)
    assert family.generator.stands.item() == 1.0


@pytest.mark.slow
def test_a_settled_model_is_exported_with_its_truncation(exported: Callable[[str], Path]) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    family = read_bundle(exported("biggan")).load_family()
    assert isinstance(family, BigGAN)
    assert family.generator.stands.item() == 1.0
    session = onnxruntime.InferenceSession(exported("biggan") / "model.onnx", providers=["CPUExecutionProvider"])
    request = example_request(family, 3)._replace(psi=torch.tensor([0.1, 0.5, 1.0]))
    with torch.no_grad():
        wanted = GenerateModule(family, SynthesisRequest)(*request)
    got = session.run(None, {key: value.numpy() for key, value in request._asdict().items()})[0]
    assert (torch.from_numpy(got) - wanted).abs().max() < 1e-4


# ── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_gradient_of_the_orthogonal_penalty_is_the_published_one() -> None:
    network = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Embedding(4, 6))
    penalty = orthogonal_penalty(network, spared=(network[1],))
    penalty.backward()
    w = network[0].weight.detach().flatten(1)
    wanted = 2 * ((w @ w.t()) * (1 - torch.eye(5))) @ w
    grad = network[0].weight.grad
    assert grad is not None
    torch.testing.assert_close(grad.flatten(1), wanted)
    assert network[1].weight.grad is None
    assert network[0].bias.grad is None


def test_the_penalty_is_part_of_the_generators_loss() -> None:
    real = SynthesisBatch(torch.rand(4, 3, 32, 32) * 2 - 1, torch.tensor([0, 1, 0, 1]), {})
    family = biggan(orthogonal=0.5, init="normal")
    loss, shown = phase_loss(family, "G", real, CLOCK)
    assert family.generator.shared is not None
    penalty = 0.5 * orthogonal_penalty(family.generator, (family.generator.shared,))
    torch.testing.assert_close(shown["orthogonal"], penalty.detach())
    torch.testing.assert_close(loss, penalty - family.discriminator(real.memo["fake"], real.y).mean())


@pytest.mark.parametrize("name", ["biggan-128", "biggan-32", "biggan-64-small"])
def test_two_steps_of_the_recipe_narrowed(name: str) -> None:
    recipe = load(name, ["model.channels=2"])
    classes = ("a", "b") if recipe.data.conditional else ()
    family = build(recipe.family, recipe.model, recipe.data_spec(classes), 1.0)
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper = Stepper(family, fabric, ema_kimg=1.0)
    draws = 0

    def draw() -> list[SynthesisBatch]:
        nonlocal draws
        draws += 1
        x = torch.rand(4, 3, recipe.data.resolution, recipe.data.resolution) * 2 - 1
        return [SynthesisBatch(x, torch.arange(4) % max(len(classes), 1), {})]

    clock = CLOCK
    for _ in range(2):
        shown, drawn = stepper.step(family.stages()[0], clock, draw)
        assert all(value.isfinite() for value in shown.values())
        clock = clock.advanced(drawn)
    assert draws == 2 * (4 if name == "biggan-32" else 1)
