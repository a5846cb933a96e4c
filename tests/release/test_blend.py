"""Two generators joined: closed forms of swapping and interpolation, ancestry, credits, refusals; pairs of the two."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support.exported import tiny
from torch import Tensor

from ganvas.bundle import Credit, read_bundle, write_bundle
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.inference.load import load_bundle
from ganvas.models.families.stylegan2 import StyleGAN2
from ganvas.models.families.stylegan2_config import StyleGAN2Config
from ganvas.release.blend import BlendOptions, ancestry, blend, joined_state, second_share
from ganvas.release.licence_terms import strictest, terms_of
from ganvas.spec import DataSpec

SIDES = (4, 8, 16)


def changed(family: StyleGAN2) -> StyleGAN2:
    """A model as if trained on from another: near it, and equal in its fixed noise."""
    other = copy.deepcopy(family)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for tensor in other.generator.parameters():
            tensor += 0.3 * torch.randn(tensor.shape, generator=generator)
        other.generator.mapping.w_avg += 0.1
    return other


@pytest.fixture(scope="module")
def parents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Bundles of a tiny model and of one that was trained on from it."""
    folder = tmp_path_factory.mktemp("parents")
    first = tiny("stylegan2")
    assert isinstance(first, StyleGAN2)
    own = Credit(name="portraits", licence="LICENSE", count=9, text="Public domain.")  # type: ignore[call-arg]
    write_bundle(folder / "people", first, name="people", kimg=3, credits=[own], onnx=False)
    drawn = Credit(name="drawings", licence="CREDITS", count=5, text="CC BY-NC 4.0")  # type: ignore[call-arg]
    begun = Credit(name="weights of people", source="people", text="")  # type: ignore[call-arg]
    write_bundle(folder / "toons", changed(first), name="toons", kimg=2, credits=[drawn, begun, own], onnx=False)
    return folder / "people", folder / "toons"


def feature_maps(family: StyleGAN2, ws: Tensor) -> list[Tensor]:
    """The feature maps after each block."""
    found: list[Tensor] = []
    hooks = [
        block.register_forward_hook(lambda module, given, made: found.append(made[0]))
        for block in family.generator.synthesis.blocks
    ]
    with torch.no_grad():
        family.generator.synthesis(ws, "constant")
    for hook in hooks:
        hook.remove()
    return found


def joined(a: StyleGAN2, b: StyleGAN2, options: BlendOptions) -> StyleGAN2:
    family = copy.deepcopy(a)
    family.load_state_dict(joined_state(a, b, options), strict=False)
    return family


@pytest.mark.parametrize("at", SIDES)
def test_a_swap_has_the_first_models_features_below_its_resolution_and_the_seconds_layers_above(at: int) -> None:
    a = tiny("stylegan2")
    assert isinstance(a, StyleGAN2)
    b = changed(a)
    both, ws = joined(a, b, BlendOptions(at=at)), torch.randn(2, a.generator.synthesis.layers, 8)
    ours, swapped = feature_maps(a, ws), feature_maps(both, ws)
    below = sum(side < at for side in SIDES)
    assert [torch.equal(x, y) for x, y in zip(ours, swapped, strict=True)] == [side < at for side in SIDES]
    for number, block in enumerate(both.generator.synthesis.blocks):
        parent = (a if number < below else b).generator.synthesis.blocks[number].state_dict()
        assert all(torch.equal(value, parent[key]) for key, value in block.state_dict().items())
    assert all(map(torch.equal, both.generator.mapping.parameters(), a.generator.mapping.parameters()))
    theirs = joined(a, b, BlendOptions(at=at, mapping="b"))
    assert all(map(torch.equal, theirs.generator.mapping.parameters(), b.generator.mapping.parameters()))


def test_interpolation_ends_at_both_parents_and_is_straight_between() -> None:
    a = tiny("stylegan2")
    assert isinstance(a, StyleGAN2)
    b = changed(a)
    ends = [joined(a, b, BlendOptions("interpolate", share=share)).generator.state_dict() for share in (0.0, 1.0, 0.25)]
    ours, theirs = a.generator.state_dict(), b.generator.state_dict()
    assert all(torch.equal(ends[0][key], value) for key, value in ours.items())
    assert all(torch.equal(ends[1][key], value) for key, value in theirs.items())
    for key, _ in a.generator.named_parameters():
        torch.testing.assert_close(ends[2][key], 0.75 * ours[key] + 0.25 * theirs[key])


def test_a_faded_swap_is_symmetric_around_its_resolution() -> None:
    soft = BlendOptions(at=16, width=1.0)
    shares = [second_share(side, soft) for side in (4, 8, 16, 32, 64)]
    assert shares == sorted(shares)
    assert shares[1] + shares[2] == pytest.approx(1)  # the swap lies between 8 and 16 px
    assert second_share(16, soft) == pytest.approx(1 / (1 + np.exp(-0.5)))
    sharp = [second_share(side, soft._replace(width=0.01)) for side in (4, 8, 16, 32)]
    assert sharp == pytest.approx([second_share(side, BlendOptions(at=16)) for side in (4, 8, 16, 32)], abs=1e-9)


def test_the_bundle_names_both_parents_and_the_stricter_terms(parents: tuple[Path, Path], tmp_path: Path) -> None:
    made = blend(*parents, tmp_path / "cartoon", BlendOptions(at=8), onnx=False)
    info = read_bundle(tmp_path / "cartoon").info
    assert made.ancestry.recorded == ("people",)
    assert [credit.name for credit in info.credits] == [
        "blend cartoon", "weights of people", "portraits", "weights of toons", "drawings", "weights of people",
    ]  # fmt: skip
    assert "below 8 px of people, from there on of toons; the mapping network of people" in info.credits[0].text
    assert "non-commercial (drawings)" in info.credits[0].text
    assert [parent["name"] for parent in info.recipe["blend"]["parents"]] == ["people", "toons"]
    card = made.bundle.card
    assert "weights of toons" in card
    assert "CC BY-NC 4.0" in card
    family, first = load_bundle(tmp_path / "cartoon").family, load_bundle(parents[0]).family
    z = torch.randn(1, family.z_dim)
    label = torch.zeros(1, dtype=torch.long)
    assert torch.equal(family.generator.mapping(z, label), first.generator.mapping(z, label))  # type: ignore[union-attr,operator]


def test_strangers_are_recognised_by_their_weights(parents: tuple[Path, Path], tmp_path: Path) -> None:
    torch.manual_seed(7)
    config = StyleGAN2Config(z_dim=64, w_dim=64, base=512, most=32)  # type: ignore[call-arg]
    one, other = (StyleGAN2(config, DataSpec(resolution=16), 1.0) for _ in range(2))  # type: ignore[call-arg]
    nothing = ancestry(one, other, *[_source(())] * 2)  # type: ignore[arg-type]
    assert abs(nothing.correlation) < 0.03
    assert not nothing.shared
    assert ancestry(one, changed(one), *[_source(())] * 2).correlation > 0.9  # type: ignore[arg-type]


def _source(credits_: tuple[Credit, ...]) -> object:
    class Source:
        credits = credits_

    return Source()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (BlendOptions(), r"--at is missing, and the layers of people are at 4, 8, 16 px"),
        (BlendOptions(at=32), r"--at is 32"),
        (BlendOptions("interpolate", at=8), r"--at and --width belong to --mode swap"),
        (BlendOptions("interpolate", share=1.5), r"from 0 to 1, not 1.5"),
        (BlendOptions(at=8, width=-1), r"from 0 to 16, not -1"),
    ],
)
def test_options_out_of_range_are_refused(
    options: BlendOptions, sentence: str, parents: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=sentence):
        blend(*parents, tmp_path / "x", options)
    assert not (tmp_path / "x").exists()


def test_other_architectures_are_refused(parents: tuple[Path, Path], tmp_path: Path) -> None:
    config, data = StyleGAN2.tiny()
    wide = StyleGAN2(config.model_copy(update={"most": 16, "base": 256}), data, 1.0)
    write_bundle(tmp_path / "wide", wide, name="wide", kimg=1, onnx=False)
    with pytest.raises(UserError, match=r"do not have the same architecture.*base 128 and 256.*train --from"):
        blend(parents[0], tmp_path / "wide", tmp_path / "x", BlendOptions(at=8))
    write_bundle(tmp_path / "dcgan", tiny("dcgan"), name="dcgan", kimg=1, onnx=False)
    with pytest.raises(
        UserError, match="dcgan cannot be joined by resolution; take two models of the family stylegan2"
    ):
        blend(parents[0], tmp_path / "dcgan", tmp_path / "x", BlendOptions(at=8))


def test_licences_are_ordered_from_free_to_unknown() -> None:
    texts = ["CC0 1.0", "MIT License", "CC BY-SA 4.0", "CC BY-ND 4.0", "Attribution-NonCommercial", "all fine"]
    found = [terms_of(Credit(name=text, text=text)) for text in texts]  # type: ignore[call-arg]
    assert [terms.strictness for terms in found] == list(range(6))
    assert found[-1].words == "not stated"
    assert strictest([]) is None


def test_pairs_are_of_equal_latents_and_are_made_once(
    parents: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["distil", *map(str, parents), "--pairs", "3", "--run", str(tmp_path / "fast"), "--seed", "4"]
    assert main([*command, "--pairs-only"]) == 0
    folder = tmp_path / "fast-pairs"
    for name, parent in zip(("source", "target"), parents, strict=True):
        expected = load_bundle(parent).generate([4, 5, 6], psi=0.7)
        for number, picture in enumerate(expected):
            with Image.open(folder / name / f"{number:06d}.png") as found:
                np.testing.assert_array_equal(np.asarray(found), np.asarray(picture))
    record = json.loads((folder / "pairs.json").read_text())
    assert (record["source"]["name"], record["target"]["name"], record["seed"]) == ("people", "toons", 4)
    assert "CC BY-NC 4.0" in (folder / "CREDITS.txt").read_text()
    assert main([*command, "--pairs-only"]) == 0
    assert "3 pairs were there already" in " ".join(capsys.readouterr().out.split())
    assert main(["distil", str(parents[0]), str(parents[0]), "--run", str(tmp_path / "x")]) == 2
    assert "are the same model" in capsys.readouterr().err


def test_a_translator_is_distilled_in_one_command(
    parents: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def skipped(model: object) -> object:
        raise UserError("evaluated elsewhere")

    monkeypatch.setattr("ganvas.pipeline.evaluate_run", skipped)
    monkeypatch.setattr("ganvas.bundle.write.can_export", lambda: False)
    small = ["model.width=2", "train.batch_size=4", "train.workers=0", "train.tick_kimg=0.004", "data.held_out=0.25"]
    small += ["train.checkpoint_kimg=0.008", "train.sheet_kimg=0.008"]
    sets = [part for change in small for part in ("--set", change)]
    run = tmp_path / "fast"
    assert main(["distil", *map(str, parents), "--pairs", "16", "--run", str(run), "--kimg", "0.008", *sets]) == 0
    info = read_bundle(run / "bundle").info
    assert (info.task, info.data.resolution) == ("paired", 16)
    assert "weights of toons" in info.credits[0].text
