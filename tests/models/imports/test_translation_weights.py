"""Published weights of translating families come in: files laid out as their authors' code lays them out.

The tests at the end compare with that code itself and need checkouts: ``GANVAS_CYCLEGAN``
(github.com/junyanz/pytorch-CycleGAN-and-pix2pix), ``GANVAS_UGATIT`` (github.com/znxlwm/UGATIT-pytorch) and
``GANVAS_CUT`` (github.com/taesungp/contrastive-unpaired-translation) name folders.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from support.published import State, stirred
from support.published_translation import (
    _in_an_empty_folder,  # noqa: F401 - fixtures
)
from torch import Tensor

from ganvas.bundle import read_bundle
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest
from ganvas.models.family import Family
from ganvas.models.imports import read


def resnet_state(network: Any, *, dropout: bool = False) -> State:
    up, state = 10 + len(network.blocks), {}
    names = {"first": 1, "first_norm": 2, "down.0": 4, "down_norm.0": 5, "down.1": 7, "down_norm.1": 8, "up.0": up}
    names |= {"up_norm.0": up + 1, "up.1": up + 3, "up_norm.1": up + 4, "last": up + 7}
    within = {"conv1": 1, "norm1": 2, "conv2": 5 + dropout, "norm2": 6 + dropout}
    for key, value in network.state_dict().items():
        layer, last = key.rsplit(".", 1)
        if layer.startswith("blocks."):
            _, block, part = layer.split(".")
            state[f"model.{10 + int(block)}.conv_block.{within[part]}.{last}"] = value
        else:
            state[f"model.{names[layer]}.{last}"] = value
    return state


def cut_files(folder: Path, family: Any) -> Path:
    """``latest_net_G.pth`` with ``_D`` and ``_F`` beside it, filters and all."""
    folder.mkdir()
    up, state = 12 + len(family.generator.blocks), {}
    names = {"first": 1, "down.0": 4, "down.1": 8, "up.0": up + 1, "up.1": up + 5, "last": up + 9}
    for key, value in family.generator.state_dict().items():
        layer, last = key.rsplit(".", 1)
        if layer.startswith("blocks."):
            _, block, part = layer.split(".")
            state[f"model.{12 + int(block)}.conv_block.{1 if part == 'conv1' else 5}.{last}"] = value
        else:
            state[f"model.{names[layer]}.{last}"] = value
    for place in (7, 11, up, up + 4):
        state[f"model.{place}.filt"] = torch.ones(8, 1, 3, 3)
    torch.save(state, folder / "latest_net_G.pth")
    judge = {f"model{key.removeprefix('main')}": value for key, value in family.discriminator.state_dict().items()}
    torch.save(judge | {"model.2.filt": torch.ones(8, 1, 3, 3)}, folder / "latest_net_D.pth")
    theirs = {re.sub(r"levels\.(\d)", r"mlp_\1", key): value for key, value in family.projector.state_dict().items()}
    torch.save(theirs, folder / "latest_net_F.pth")
    return folder / "latest_net_G.pth"


def unet_state(network: Any) -> State:
    levels, state = len(network.down), {}
    for key, value in network.state_dict().items():
        way, level, part, last = key.split(".", 3)
        i, innermost = int(level), int(level) == levels - 1
        inside = "".join(f"{3 if j else 1}.model." for j in range(i))
        if i == 0:
            place = 0 if way == "down" else 3
        elif way == "down":
            place = 1 + int(part)
        else:
            place = (3 if innermost else 5) + int(part)
        state[f"model.model.{inside}{place}.{last}"] = value
    return state


def patch_state(network: Any) -> State:
    return {key.replace("main.", "model."): value for key, value in network.state_dict().items()}


def ugatit_generator(network: Any) -> State:
    rules: list[tuple[str, Any]] = [
        (r"^first\.", "DownBlock.1."),
        (r"^down\.(\d)\.", lambda found: f"DownBlock.{5 + 4 * int(found[1])}."),
        (r"^blocks\.(\d+)\.conv(\d)\.", lambda f: f"DownBlock.{12 + int(f[1])}.conv_block.{1 if f[2] == '1' else 5}."),
        (r"^attention\.of_mean\.", "gap_fc."),
        (r"^attention\.of_maximum\.", "gmp_fc."),
        (r"^attention\.merge\.", "conv1x1."),
        (r"^style1\.", "FC.0."),
        (r"^style2\.", "FC.2."),
        (r"^adaptive\.(\d+)\.", lambda found: f"UpBlock1_{int(found[1]) + 1}."),
        (r"^up\.(\d)\.", lambda found: f"UpBlock2.{2 + 5 * int(found[1])}."),
        (r"^up_norm\.(\d)\.", lambda found: f"UpBlock2.{3 + 5 * int(found[1])}."),
        (r"^last\.", "UpBlock2.11."),
    ]
    return _renamed(network, rules)


def ugatit_judge(network: Any) -> State:
    rules: list[tuple[str, Any]] = [
        (r"^((?:convs\.\d+|last|attention\.of_\w+))\.weight$", r"\1.weight_orig"),
        (r"\.singular\.([uv])$", r".weight_\1"),
        (r"^convs\.(\d+)\.", lambda found: f"model.{3 * int(found[1]) + 1}."),
        (r"^last\.", "conv."),
        (r"^attention\.of_mean\.", "gap_fc."),
        (r"^attention\.of_maximum\.", "gmp_fc."),
        (r"^attention\.merge\.", "conv1x1."),
    ]
    return _renamed(network, rules)


def _renamed(network: Any, rules: list[tuple[str, Any]]) -> State:
    state = {}
    for key, value in network.state_dict().items():
        for pattern, replacement in rules:
            key = re.sub(pattern, replacement, key)
        state[key] = value
    return state


def ugatit_file(path: Path, family: Any) -> Path:
    content = {"genA2B": ugatit_generator(family.g_ab), "genB2A": ugatit_generator(family.g_ba)}
    for part, name in (("disGA", "a_global"), ("disLA", "a_local"), ("disGB", "b_global"), ("disLB", "b_local")):
        content[part] = ugatit_judge(family.get_submodule(f"d_{name}"))
    torch.save(content, path)
    return path


def cyclegan_files(folder: Path, family: Any) -> Path:
    folder.mkdir(exist_ok=True)
    parts = {"G_A": resnet_state(family.g_ab), "G_B": resnet_state(family.g_ba)}
    parts |= {"D_A": patch_state(family.d_b), "D_B": patch_state(family.d_a)}
    for name, state in parts.items():
        torch.save(state, folder / f"latest_net_{name}.pth")
    return folder / "latest_net_G_A.pth"


def assert_same(ours: Family, theirs: Family, side: int, channels: int = 3) -> None:
    source = torch.rand(2, channels, side, side) * 2 - 1
    for way in (0, 1):
        request = TranslationRequest(source, torch.full((2,), way))
        with torch.no_grad():
            torch.testing.assert_close(ours.generate(request), theirs.generate(request))


SMALL = {"width": 4, "blocks": 2}


UGATIT = SMALL | {"global_layers": 4, "local_layers": 3}


@pytest.mark.parametrize("light", [False, True])
def test_ugatit_comes_in_whole(light: bool) -> None:
    family: Any = stirred("ugatit", UGATIT | {"light": light}, resolution=32)
    imported = read(ugatit_file(Path("selfie_params_0100000.pt"), family), classes=("selfie", "anime"))
    copy: Any = imported.family
    assert imported.origin == "UGATIT-pytorch"
    assert imported.has_discriminator
    assert copy.data.classes == ("selfie", "anime")
    assert copy.data.resolution == (256 if light else 32)  # a light one fits any size
    assert copy.config.blocks == 2
    assert_same(copy, family, 32)
    x = torch.randn(2, 3, 32, 32)
    for name in ("d_a_global", "d_a_local", "d_b_global", "d_b_local"):
        one, two = copy.get_submodule(name)(x), family.get_submodule(name)(x)
        torch.testing.assert_close(one, two)


@pytest.mark.parametrize("model", [{}, {"norm": "batch", "layers": 2}, {"width": 6, "blocks": 3}])
def test_cyclegan_comes_in_with_all_that_lies_beside(model: dict[str, Any]) -> None:
    family: Any = stirred("cyclegan", SMALL | model, resolution=64)
    copy: Any = read(cyclegan_files(Path("horse2zebra"), family))
    assert copy.origin == "pytorch-CycleGAN-and-pix2pix"
    assert copy.has_discriminator
    assert not copy.family.config.one_way
    assert_same(copy.family, family, 64)
    x = torch.randn(2, 3, 64, 64)
    torch.testing.assert_close(copy.family.d_b(x), family.d_b(x))
    torch.testing.assert_close(copy.family.d_a(x), family.d_a(x))
    # The way back, named alone, is the same pair.
    assert_same(read(Path("horse2zebra/latest_net_G_B.pth")).family, family, 64)


def test_a_single_cyclegan_generator_knows_one_direction() -> None:
    family: Any = stirred("cyclegan", SMALL, resolution=64)
    torch.save(resnet_state(family.g_ab), "latest_net_G.pth")
    imported = read(Path("latest_net_G.pth"))
    assert not imported.has_discriminator
    assert imported.family.networks().keys() == {"g_ab"}
    source = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        given = imported.family.generate(TranslationRequest(source, torch.zeros(2).long()))
        torch.testing.assert_close(given, family.g_ab(source))
    with pytest.raises(UserError, match="one direction only"):
        imported.family.stages()


def test_cut_comes_in_with_all_that_lies_beside() -> None:
    family: Any = stirred("cut", {"width": 8, "blocks": 6, "layers": 2, "dim": 16}, resolution=64)
    path = cut_files(Path("cat2dog"), family)
    copy: Any = read(path, classes=("cat", "dog"))
    assert (copy.origin, copy.has_discriminator) == ("contrastive-unpaired-translation", True)
    assert copy.family.data.classes == ("cat", "dog")
    for key, value in family.state_dict().items():
        assert torch.equal(copy.family.state_dict()[key], value), key
    path.with_name("latest_net_F.pth").unlink()
    assert not read(path).has_discriminator
    state = torch.load(path, weights_only=True)
    torch.save(state | {"model.1.weight": state["model.1.weight"][:, :2]}, path)
    with pytest.raises(UserError, match="CUT generator of a kind that Ganvas lacks"):
        read(path)


@pytest.mark.parametrize("dropout", [False, True])
def test_old_cyclegan_files_with_idle_statistics_come_in(dropout: bool) -> None:
    family: Any = stirred("cyclegan", SMALL, resolution=64)
    state = resnet_state(family.g_ab, dropout=dropout)
    state |= {"model.2.running_mean": torch.randn(4), "model.2.running_var": torch.rand(4)}
    torch.save({f"module.{key}": value for key, value in state.items()}, "old.pth")
    copy: Any = read(Path("old.pth")).family
    source = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(copy.g_ab(source), family.g_ab(source))


@pytest.mark.parametrize(
    ("model", "data"),
    [
        ({}, {"resolution": 64}),
        ({"norm": "instance", "layers": 2}, {"resolution": 32}),
        ({}, {"resolution": 64, "source_channels": 1}),
    ],
)
def test_pix2pix_comes_in(model: dict[str, Any], data: dict[str, Any]) -> None:
    family: Any = stirred("pix2pix", {"width": 4, "layers": 2} | model, **data)
    torch.save(unet_state(family.generator), "latest_net_G.pth")
    alone = read(Path("latest_net_G.pth"))
    torch.save(patch_state(family.discriminator), "latest_net_D.pth")
    both: Any = read(Path("latest_net_G.pth"))
    assert (alone.has_discriminator, both.has_discriminator) == (False, True)
    spec = both.family.data
    assert (spec.resolution, spec.source_channels) == (data["resolution"], data.get("source_channels", 3))
    assert_same(both.family, family, data["resolution"], spec.source_channels)
    assert_same(alone.family, family, data["resolution"], spec.source_channels)
    pair = torch.randn(2, spec.source_channels + 3, *[data["resolution"]] * 2)
    torch.testing.assert_close(both.family.discriminator(pair), family.discriminator(pair))


def test_an_import_becomes_a_bundle_that_answers(capsys: pytest.CaptureFixture[str]) -> None:
    family: Any = stirred("cyclegan", SMALL, resolution=64)
    torch.save(resnet_state(family.g_ab), "latest_net_G.pth")
    assert main(["import", "latest_net_G.pth", "--no-onnx", "--output", "b"]) in (0, None)
    opened = read_bundle(Path("b")).load_family()
    source = torch.rand(1, 3, 256, 256)
    with torch.no_grad():
        given = opened.generate(TranslationRequest(source, torch.zeros(1).long()))
        torch.testing.assert_close(given, family.g_ab(source))


def refused(path: Path, said: str, **options: Any) -> None:
    with pytest.raises(UserError, match=said) as caught:
        read(path, **options)
    assert str(caught.value).count("\n") == 0
    assert str(caught.value).endswith(".")


def without(key: str) -> Callable[[State], None]:
    return lambda state: state.__delitem__(key)


def changed(key: str, value: Tensor) -> Callable[[State], None]:
    return lambda state: state.__setitem__(key, value)


SPOILED: dict[str, tuple[Callable[[State], None], str]] = {
    "missing": (without("model.11.conv_block.5.bias"), "incomplete"),
    "of another shape": (changed("model.7.weight", torch.zeros(3, 3)), "no place"),
    "not finite": (changed("model.7.bias", torch.full((16,), torch.nan)), "not finite"),
    "more": (changed("model.9.filt", torch.zeros(3)), "no place"),
    "of other channels": (changed("model.1.weight", torch.zeros(4, 5, 7, 7)), "from 5 to 3 channels"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_spoiled_cyclegan_weights_are_refused(how: str) -> None:
    spoil, said = SPOILED[how]
    family: Any = stirred("cyclegan", SMALL, resolution=64)
    state = resnet_state(family.g_ab)
    spoil(state)
    torch.save(state, "c.pth")
    refused(Path("c.pth"), said)


def test_what_lies_beside_must_fit() -> None:
    family: Any = stirred("cyclegan", SMALL, resolution=64)
    path = cyclegan_files(Path("a"), family)
    torch.save(resnet_state(stirred("cyclegan", SMALL | {"blocks": 3}, resolution=64).g_ab), "a/latest_net_G_B.pth")
    refused(path, "not of one shape")
    torch.save({"x": torch.zeros(1)}, "a/latest_net_G_B.pth")
    refused(path, "holds no generator")


@pytest.mark.parametrize("kind", ["ugatit", "cyclegan", "pix2pix"])
def test_cut_files_are_refused(kind: str) -> None:
    if kind == "ugatit":
        whole = ugatit_file(Path("w"), stirred("ugatit", UGATIT, resolution=32)).read_bytes()
    elif kind == "cyclegan":
        whole = cyclegan_files(Path("a"), stirred("cyclegan", SMALL, resolution=64)).read_bytes()
    else:
        family: Any = stirred("pix2pix", {"width": 4, "layers": 2}, resolution=32)
        torch.save(unet_state(family.generator), "w")
        whole = Path("w").read_bytes()
    for share in (0.02, 0.3, 0.6, 0.99):
        Path("cut").write_bytes(whole[: int(len(whole) * share)])
        refused(Path("cut"), "damaged")


def test_hostile_parts_are_refused() -> None:
    class Bad:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, ("hostile",)

    content = dict.fromkeys(("genA2B", "genB2A", "disGA", "disLA", "disGB", "disLB"), Bad())
    torch.save(content, "c.pt")
    refused(Path("c.pt"), "may run code")
    family: Any = stirred("cyclegan", SMALL, resolution=64)
    path = cyclegan_files(Path("a"), family)
    torch.save({"model.1.weight": Bad()}, "a/latest_net_D_A.pth")
    refused(path, "may run code")
    assert not Path("hostile").exists()


def test_ugatit_that_is_not_whole_is_refused() -> None:
    family: Any = stirred("ugatit", UGATIT, resolution=32)
    path = ugatit_file(Path("p.pt"), family)
    content = torch.load(path, weights_only=True)
    for change, said in (
        ({"disGA": {}}, "kind that Ganvas lacks|incomplete|damaged"),
        ({"genB2A": {"a": 1}}, "damaged"),
        ({"genA2B": {}}, "other names"),
    ):
        torch.save(content | change, "bad.pt")
        refused(Path("bad.pt"), said)
    refused(path, "name both with --class", classes=("selfie",))
