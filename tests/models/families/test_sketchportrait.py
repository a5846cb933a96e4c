"""The two-stage game: its networks' sizes, its windows, and what each stage moves."""

from __future__ import annotations

from pathlib import Path

import onnxruntime
import pytest
import torch
from support.phases import phase_loss
from support.portrait import portrait_bundle  # noqa: F401 - a fixture
from torch import nn

from ganvas.bundle import read_bundle
from ganvas.errors import UserError
from ganvas.models.batches import PairedBatch, TranslationRequest
from ganvas.models.families.sketchportrait import SketchPortrait, SketchPortraitConfig
from ganvas.models.family import Clock
from ganvas.models.networks import sketchportrait
from ganvas.models.networks.pix2pixhd import (
    FeatureEncoder,
    GlobalGenerator,
    LocalEnhancer,
    MultiscaleDiscriminator,
    Trunk,
)
from ganvas.spec import DataSpec


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("side", "encoder", "decoder", "features"),
    [
        (128, 13_274_848, 13_316_385, 15_650_592),
        (160, 15_634_144, 15_680_289, 18_014_496),
        (192, 18_517_728, 18_569_505, 20_903_712),
        (512, 76_189_408, 76_353_825, 78_688_032),
    ],
)
def test_component_networks_have_the_published_sizes(side: int, encoder: int, decoder: int, features: int) -> None:
    with torch.device("meta"):
        assert count(sketchportrait.Encoder(side, 5, 32, 512)) == encoder
        assert count(sketchportrait.sketch_decoder(side, 5, 32, 512)) == decoder
        assert count(sketchportrait.feature_decoder(side, 5, 32, 512, 32)) == features


def test_pix2pixhd_networks_have_the_published_sizes() -> None:
    with torch.device("meta"):
        assert [count(GlobalGenerator(inputs, 3)) for inputs in (36, 3, 1)] == [182_546_755, 182_443_267, 182_436_995]
        assert count(GlobalGenerator(32, 3, width=56)) == 139_767_099
        assert count(LocalEnhancer(36, 3)) + count(Trunk(36, 64, 4, 9)) == 182_857_059
        assert count(FeatureEncoder()) == 788_803
        sizes = [count(MultiscaleDiscriminator(inputs, scales=n)) for inputs, n in ((39, 2), (6, 2), (6, 3))]
        assert sizes == [5_603_202, 5_535_618, 8_303_427]


@pytest.mark.parametrize("resolution", [64, 128, 256, 512])
def test_windows_cut_and_pasted_are_the_sketch(resolution: int) -> None:
    sketch = torch.rand(2, 1, resolution, resolution)
    windows = sketchportrait.cut(sketch)
    assert torch.equal(sketchportrait.paste(windows), sketch)
    levels = sketchportrait.levels_at(resolution)
    assert all(window.shape[-1] % 2**levels == 0 for window in windows.values())


def test_the_remainder_is_white_where_a_window_is() -> None:
    remainder = sketchportrait.cut(torch.zeros(1, 1, 512, 512))["remainder"]
    assert remainder[0, 0, 156:284, 108:236].eq(1).all()  # the left eye's
    assert remainder[0, 0, :156].eq(0).all()


def made(**settings: object) -> SketchPortrait:
    torch.manual_seed(0)
    config, data = SketchPortrait.tiny()
    return SketchPortrait(SketchPortraitConfig(**(config.model_dump() | settings)), data, 1.0)


def batch(count: int = 2) -> PairedBatch:
    torch.manual_seed(1)
    return PairedBatch(torch.rand(count, 1, 64, 64) * 2 - 1, torch.rand(count, 3, 64, 64) * 2 - 1, {})


def test_an_answer_is_the_portrait_of_the_drawings_own_codes() -> None:
    family = made().eval()
    source = batch().source
    with torch.no_grad():
        codes = family.codes(source)
        assert codes.shape == (2, 5, 8)
        assert torch.equal(
            family.portrait(codes), family.generate(TranslationRequest(source, torch.zeros(2, dtype=torch.long)))
        )


def test_a_stroke_in_the_mouth_changes_the_mouths_code_alone() -> None:
    family = made().eval()
    plain = torch.ones(1, 1, 64, 64)
    drawn = plain.clone()
    drawn[:, :, 55:58, 30:36] = -1  # below the nose's window
    with torch.no_grad():
        moved = (family.codes(plain) - family.codes(drawn)).abs().amax(-1)[0]
    assert [part for part, change in zip(family.parts, moved, strict=True) if change > 0] == ["mouth"]


def test_stage_two_leaves_the_autoencoders_alone() -> None:
    family = made()
    loss, _ = phase_loss(family, "G", batch(), Clock(stage=1))
    loss.backward()
    assert all(parameter.grad is None for parameter in family.components.parameters())
    assert all(parameter.grad is not None for parameter in family.features.parameters())


def test_the_whole_face_is_one_window_when_asked() -> None:
    family = made(windows="whole")
    assert family.parts == ("remainder",)
    with torch.no_grad():
        sketch = batch().source
        assert torch.equal(sketchportrait.cut(sketch, family.parts)["remainder"], sketch)
        assert family.codes(sketch).shape == (2, 1, 8)


def test_training_sketches_are_moved_then_harmed_and_paper_stays_white() -> None:
    family = made()
    paper = PairedBatch(torch.ones(8, 1, 64, 64), torch.zeros(8, 3, 64, 64), {})
    for stage in (0, 1):
        assert family.prepare(paper, Clock(stage=stage)).source == pytest.approx(1)
    drawn = batch(8)
    assert not torch.equal(family.prepare(drawn, Clock(stage=0)).source, drawn.source)
    harmed = family.prepare(drawn, Clock(stage=1))
    assert not torch.equal(harmed.source, drawn.source)
    assert torch.equal(harmed.target, drawn.target)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"resolution": 96, "source_channels": 1}, "64, 128"),
        ({"resolution": 64, "source_channels": 3}, "one channel"),
        ({"resolution": 64, "source_channels": 1, "crop": "face-wide"}, "model.windows=whole"),
    ],
)
def test_what_cannot_be_is_refused(data: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        SketchPortrait(SketchPortrait.tiny()[0], DataSpec(**data), 1.0)  # type: ignore[arg-type]


def test_the_subgraphs_together_are_the_whole() -> None:
    family = made().eval()
    parts, source = family.subgraphs(), batch().source
    with torch.no_grad():
        codes = parts["encode"].function(source)
        assert source.shape[1:] == parts["encode"].input_shape
        assert codes.shape[1:] == parts["paint"].input_shape == parts["draw"].input_shape
        whole = family.generate(TranslationRequest(source, torch.zeros(2, dtype=torch.long)))
        assert torch.equal(parts["paint"].function(codes), whole)
        assert parts["draw"].function(codes).shape == source.shape


def test_its_code_bank_holds_each_training_sketch() -> None:
    family = made().eval()
    requests = [TranslationRequest(batch(n).source, torch.zeros(n, dtype=torch.long)) for n in (2, 1)]
    bank = family.code_bank(requests)["bank"]
    assert bank.shape == (3, 5, 8)
    assert torch.allclose(bank[:2].float(), family.codes(requests[0].source), atol=1e-2)


def test_each_subgraph_is_exported_with_a_free_batch(portrait_bundle: Path) -> None:
    family = read_bundle(portrait_bundle).load_family()
    for name, subgraph in family.subgraphs().items():
        session = onnxruntime.InferenceSession(portrait_bundle / f"{name}.onnx", providers=["CPUExecutionProvider"])
        for count in (1, 2, 5):
            numbers = torch.rand(count, *subgraph.input_shape, generator=torch.Generator().manual_seed(count)) * 2 - 1
            with torch.no_grad():
                wanted = subgraph.function(numbers)
            got = torch.from_numpy(session.run(None, {"input": numbers.numpy()})[0])
            torch.testing.assert_close(got, wanted, atol=1e-4, rtol=0)


def test_the_whole_graph_is_the_chain_of_its_parts_and_names_no_file(portrait_bundle: Path) -> None:
    family = read_bundle(portrait_bundle).load_family()
    session = onnxruntime.InferenceSession(portrait_bundle / "model.onnx", providers=["CPUExecutionProvider"])
    assert [node.name for node in session.get_inputs()] == ["source", "direction"]
    source, direction = torch.rand(3, 1, 64, 64) * 2 - 1, torch.zeros(3, dtype=torch.long)
    with torch.no_grad():
        wanted = family.generate(TranslationRequest(source, direction))
    got = session.run(["output"], {"source": source.numpy(), "direction": direction.numpy()})[0]
    torch.testing.assert_close(torch.from_numpy(got), wanted, atol=1e-4, rtol=0)
    for graph in portrait_bundle.glob("*.onnx"):
        assert b".py" not in graph.read_bytes(), "the exporter's stack traces name files of this machine"
