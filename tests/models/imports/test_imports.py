"""Published weights come in: files built as their authors' code builds them, of small networks of ours."""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.published import (
    ada_file,
    ada_generator,
    bring_authors,
    r3gan_file,
    rosinality_generator,
    rosinality_judge,
    stirred,
    stylegan2,
)
from support.published_biggan import biggan, published
from support.requests import example_request
from torch import Tensor

from ganvas.bundle import read_bundle
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.models.capabilities import Truncates
from ganvas.models.family import Family
from ganvas.models.imports import read


@pytest.fixture
def authors(monkeypatch: pytest.MonkeyPatch) -> None:
    bring_authors(monkeypatch)


@pytest.fixture(autouse=True)
def _still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test in an empty folder, in which nothing may turn up that code in a file would have left."""
    torch.manual_seed(0)
    monkeypatch.chdir(tmp_path)
    yield
    assert not Path("hostile").exists()


# ── stylegan2-ada-pytorch ───────────────────────────────────────────────────────────────────────────────────────────

ADA: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {"resolution": 16}),
    "classes": (
        {"g_architecture": "residual", "d_architecture": "skip", "mapping_layers": 3},
        {"classes": tuple("abc")},
    ),
    "grey": ({"clamp": None, "d_architecture": "original", "group": 2}, {"resolution": 32, "channels": 1}),
}


def assert_same(ours: Family, theirs: Family) -> None:
    """Both networks answer alike."""
    request = example_request(theirs, 4)
    psi = {"psi": 0.7} if isinstance(theirs, Truncates) else {}
    with torch.no_grad():
        x = theirs.generator(request.z, request.y, **psi)  # type: ignore[operator]
        torch.testing.assert_close(ours.generator(request.z, request.y, **psi), x)  # type: ignore[operator]
        torch.testing.assert_close(ours.discriminator(x, request.y), theirs.discriminator(x, request.y))  # type: ignore[operator]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", ADA)
def test_stylegan2_of_ada(authors: None, kind: str, protocol: int) -> None:
    model, data = ADA[kind]
    family = stylegan2(model, **data)
    imported = read(ada_file(Path("picture.png"), family, protocol=protocol))  # the name tells nothing
    assert imported.origin == "stylegan2-ada-pytorch"
    assert imported.has_discriminator
    copy = imported.family
    assert copy.data.resolution == family.data.resolution
    assert copy.data.channels == family.data.channels
    assert len(copy.data.classes) == len(family.data.classes)
    for setting in ("z_dim", "w_dim", "mapping_layers", "clamp", "group", "g_architecture", "d_architecture"):
        assert getattr(copy.config, setting) == getattr(family.config, setting), setting
    assert_same(copy, family)


def test_classes_can_be_named(authors: None) -> None:
    path = ada_file(Path("network.pkl"), stylegan2(*ADA["classes"][:1], **ADA["classes"][1]))
    assert read(path, classes=("cat", "dog", "owl")).family.data.classes == ("cat", "dog", "owl")
    with pytest.raises(UserError, match="3 classes, but 1"):
        read(path, classes=("cat",))


@pytest.mark.parametrize(
    ("where", "attribute", "value"),
    [
        ("synthesis.b8.conv0", "activation", "relu"),
        ("synthesis.b8.conv0", "use_noise", False),
        ("synthesis.b16", "architecture", "diagonal"),
        ("mapping.fc0", "bias_gain", 1),
    ],
)
def test_what_is_computed_otherwise_is_refused(authors: None, where: str, attribute: str, value: object) -> None:
    generator = ada_generator(stylegan2({}))
    setattr(generator.get_submodule(where), attribute, value)
    Path("network.pkl").write_bytes(pickle.dumps({"G_ema": generator}))
    with pytest.raises(UserError, match=r"of a kind that Ganvas lacks"):
        read(Path("network.pkl"))


def test_another_filter_is_refused(authors: None) -> None:
    generator = ada_generator(stylegan2({}))
    generator.get_submodule("synthesis.b8.conv0").resample_filter = torch.ones(2, 2) / 4
    Path("network.pkl").write_bytes(pickle.dumps({"G_ema": generator}))
    with pytest.raises(UserError, match="another filter"):
        read(Path("network.pkl"))


# ── rosinality/stylegan2-pytorch ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("converted", [False, True])
def test_rosinality(converted: bool) -> None:
    family: Any = stylegan2({"clamp": None, "z_dim": 8, "mapping_layers": 4}, resolution=32)
    content: dict[str, Any] = {"g_ema": rosinality_generator(family), "d": rosinality_judge(family)}
    if converted:
        content["latent_avg"] = family.generator.mapping.w_avg
    else:
        content |= {"args": argparse.Namespace(size=32), "ada_aug_p": 0.1, "g_optim": {"state": {}}}
    torch.save(content, "550000.pt", _use_new_zipfile_serialization=not converted)
    imported = read(Path("550000.pt"))
    assert imported.origin == "rosinality/stylegan2-pytorch"
    assert imported.has_discriminator
    if not converted:  # the average style is that of many latents
        mapping = family.generator.mapping
        with torch.no_grad():
            mapping.w_avg.copy_(mapping(torch.randn(20000, 8), torch.zeros(20000, dtype=torch.long)).mean(0))
        average = imported.family.generator.mapping.w_avg  # type: ignore[union-attr]
        torch.testing.assert_close(average, mapping.w_avg, atol=0.1, rtol=0.1)
        mapping.w_avg.copy_(average)  # type: ignore[arg-type]
    assert_same(imported.family, family)


# ── R3GAN ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("model", "data"),
    [
        ({"widths": (16, 16, 8), "group_width": 4}, {"resolution": 16}),
        ({"widths": (8, 8), "group_width": 8, "blocks": 1, "class_dim": 5}, {"resolution": 8, "classes": tuple("abc")}),
        ({"widths": (8, 12, 8), "groups": (2, 4, 1), "expansion": 3}, {"resolution": 16}),
    ],
)
def test_r3gan(authors: None, model: dict[str, Any], data: dict[str, Any]) -> None:
    family = stirred("r3gan", model | {"z_dim": 7}, **data)
    imported = read(r3gan_file(Path("network-snapshot-000000025.pkl"), family))
    assert imported.origin == "R3GAN"
    assert imported.kimg == 25
    assert imported.has_discriminator
    assert len(imported.family.data.classes) == len(family.data.classes)
    assert_same(imported.family, family)


# ── pytorch/examples ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("resolution", "channels"), [(64, 3), (16, 1)])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_dcgan_of_the_examples(resolution: int, channels: int, prefix: str) -> None:
    family: Any = stirred("dcgan", {"width": 4, "z_dim": 9}, resolution=resolution, channels=channels)
    torch.save({f"{prefix}{key}": value for key, value in family.generator.state_dict().items()}, "netG.pth")
    last = 3 * (resolution.bit_length() - 3) - 1
    judge = {
        key.replace("features", "main").replace("logit", f"main.{last}"): value
        for key, value in family.discriminator.state_dict().items()
    }
    torch.save(judge, "netD.pth")
    imported = read(Path("netG.pth"), discriminator=Path("netD.pth"))
    assert imported.origin == "pytorch/examples"
    assert_same(imported.family, family)
    assert not read(Path("netG.pth")).has_discriminator
    with pytest.raises(UserError, match="no weights of a kind"):
        read(Path("netD.pth"))
    torch.save({"x": torch.zeros(1)}, "other.pth")
    with pytest.raises(UserError, match="no discriminator"):
        read(Path("netG.pth"), discriminator=Path("other.pth"))


# ── BigGAN-PyTorch: its weights have tests of their own; here it is told from the others ─────────────────────────────


def test_biggan_is_recognised() -> None:
    family = biggan()
    torch.save(published(family), "G_ema.pth")
    torch.save(published(family, "discriminator"), "D.pth")
    imported = read(Path("G_ema.pth"), discriminator=Path("D.pth"), classes=("cat", "dog", "owl"))
    assert imported.origin == "BigGAN-PyTorch"
    assert imported.has_discriminator
    request = example_request(family, 2)
    torch.testing.assert_close(imported.family.generate(request), family.generate(request))


def test_what_does_not_go_with_a_file_is_refused(authors: None) -> None:
    r3gan_file(Path("r3.pkl"), stirred("r3gan", {"widths": (8, 8), "group_width": 8, "blocks": 1}, resolution=8))
    with pytest.raises(UserError, match="its own discriminator"):
        read(Path("r3.pkl"), discriminator=Path("r3.pkl"))
    with pytest.raises(UserError, match="knows 0 classes"):
        read(Path("r3.pkl"), classes=("cat",))
    torch.save({"g_ema": rosinality_generator(stylegan2({"clamp": None, "z_dim": 8}))}, "g.pt")
    with pytest.raises(UserError, match="knows no classes"):
        read(Path("g.pt"), classes=("cat",))


# ── Damaged files ───────────────────────────────────────────────────────────────────────────────────────────────────


class Whole(NamedTuple):
    path: Path
    content: bytes


@pytest.fixture(params=["ada", "r3gan", "rosinality", "dcgan"])
def whole(request: pytest.FixtureRequest, authors: None) -> Whole:
    path = Path("weights")
    if request.param == "ada":
        ada_file(path, stylegan2({}))
    elif request.param == "r3gan":
        r3gan_file(path, stirred("r3gan", {"widths": (8, 8), "group_width": 8, "blocks": 1}, resolution=8))
    elif request.param == "rosinality":
        torch.save({"g_ema": rosinality_generator(stylegan2({"clamp": None, "z_dim": 8}))}, path)
    else:
        family: Any = stirred("dcgan", {"width": 2, "z_dim": 3}, resolution=16)
        torch.save(family.generator.state_dict(), path)
    read(path)
    return Whole(path, path.read_bytes())


relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@relaxed
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(whole: Whole, share: float) -> None:
    whole.path.write_bytes(whole.content[: int(len(whole.content) * share)])
    with pytest.raises(UserError, match=r"^[^\n]*\.$"):
        read(whole.path)


@relaxed
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_corrupt_file_is_refused_or_read(whole: Whole, changes: list[tuple[float, int]]) -> None:
    content = bytearray(whole.content)
    for share, value in changes:
        content[int(len(content) * share)] = value
    whole.path.write_bytes(content)
    try:
        read(whole.path)
    except UserError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most changes fall into the numbers and are read


def test_a_part_that_is_missing_or_not_finite(authors: None) -> None:
    state = rosinality_generator(stylegan2({"clamp": None, "z_dim": 8}))

    def refused(sentence: str, **changed: Tensor | None) -> None:
        changes = {name.replace("__", "."): value for name, value in changed.items()}
        content = {key: value for key, value in (state | changes).items() if value is not None}
        torch.save({"g_ema": content}, "g.pt")
        with pytest.raises(UserError, match=sentence):
            read(Path("g.pt"))

    refused("incomplete", noises__noise_2=None)
    refused("not finite", style__1__bias=torch.full((8,), float("nan")))
    refused("has no place", style__1__bias=torch.zeros(9))
    refused("has no place", extra=torch.zeros(1))
    refused("other names", to_rgb1__bias=None)


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_writes_a_bundle(authors: None, capsys: pytest.CaptureFixture[str]) -> None:
    family = stirred("r3gan", {"widths": (8, 8), "group_width": 8, "blocks": 1}, resolution=8)
    r3gan_file(Path("faces.pkl"), family)
    assert main(["import", "faces.pkl", "--no-onnx"]) == 0
    told = capsys.readouterr().out
    assert "R3GAN" in told
    assert "ganvas generate bundles/faces" in told
    written = read_bundle(Path("bundles/faces"))
    assert written.info.kimg == 25
    assert "R3GAN" in written.info.credits[0].name
    assert json.loads(Path("bundles/faces/bundle.json").read_text())["name"] == "faces"
    request = example_request(family, 3)
    torch.testing.assert_close(written.load_family().generate(request), family.generate(request))
    assert main(["import", "faces.pkl", "--no-onnx"]) == 2
    assert "bundles/faces exists already" in capsys.readouterr().err


def test_the_command_refuses_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    Path("nice.pkl").write_bytes(b"\x80\x04cos\nsystem\n(S'touch hostile'\ntR.")
    assert main(["import", "nice.pkl"]) == 2
    told = capsys.readouterr().err.strip()
    assert "os.system" in told
    assert told.endswith(".")
    assert "\n" not in told
    assert not Path("bundles").exists()
