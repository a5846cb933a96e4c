"""A bundle holds what it should, gives back the same pictures, and is refused when anything in it was changed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support.requests import example_request

from ganvas.bundle import export, export_onnx, read_bundle, write_bundle
from ganvas.bundle.manifest import fingerprint_of
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.models.batches import TranslationRequest
from ganvas.models.families import FAMILIES
from ganvas.models.family import Clock, Family, FamilyConfig, Phase, Stage
from ganvas.spec import DataSpec

torch.set_num_threads(1)


def made(name: str, seed: int = 0) -> Family:
    kind = FAMILIES[name]
    torch.manual_seed(seed)
    family = kind(*kind.tiny(), 1.0)
    with torch.no_grad():  # untrained statistics hide mistakes with buffers
        for key, buffer in family.named_buffers():
            if "running_mean" in key:
                buffer.normal_(std=0.3)
            elif "running_var" in key:
                buffer.uniform_(0.5, 2)
    return family


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundles") / "faces"
    write_bundle(
        path,
        made("dcgan"),
        name="Faces",
        kimg=12.5,
        recipe={"name": "dcgan-quick", "family": "dcgan"},
        metrics=[
            {"nimg": 12500, "metric": "kid_effnet", "value": 0.25, "std": 0.01, "protocol": {"real_count": 100}},
            {"nimg": 12500, "metric": "fd_effnet", "value": float("nan"), "protocol": {}},
        ],
        credits=[{"name": "avatars", "licence": "CC0-1.0", "count": 1000, "text": "Drawn by somebody."}],
    )
    return path


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(written, tmp_path / "faces"))


@pytest.mark.parametrize("name", ["dcgan", "pix2pix"])
def test_a_bundle_gives_back_the_same_pictures_without_the_discriminator(name: str, tmp_path: Path) -> None:
    family = made(name)
    write_bundle(tmp_path / "b", family, name=name, kimg=1, onnx=False)
    again = read_bundle(tmp_path / "b").load_family()
    request = example_request(family, 3)
    torch.testing.assert_close(again.generate(request), family.generate(request), rtol=0, atol=0)
    assert set(again.networks()) == {"generator"}
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == [
        "bundle.json",
        "card.md",
        "generator.safetensors",
        "preview.png",
    ]


def test_the_manifest_says_what_the_model_is(written: Path) -> None:
    info = read_bundle(written).info
    config, data = FAMILIES["dcgan"].tiny()
    assert (info.name, info.task, info.family, info.kimg) == ("Faces", "synthesis", "dcgan", 12.5)
    assert FAMILIES["dcgan"].Config.model_validate(info.config) == config
    assert info.data == data
    assert info.recipe["name"] == "dcgan-quick"
    assert set(info.parameters) == {"generator"}
    assert [metric.metric for metric in info.metrics] == ["kid_effnet"], "a number that is none is left out"
    assert info.credits[0].licence == "CC0-1.0"
    assert info.onnx is not None
    assert info.onnx.max_difference < 1e-3


def test_the_card_credits_the_pictures_and_states_the_protocol(written: Path) -> None:
    card = read_bundle(written).card
    for said in ("Faces", "12.5 kimg", "avatars", "CC0-1.0", "Drawn by somebody.", "kid_effnet", "real_count 100"):
        assert said in card


def test_the_preview_is_a_grid_of_pictures(written: Path) -> None:
    with Image.open(written / "preview.png") as image:
        side = read_bundle(written).info.data.resolution
        assert image.size[0] % side == image.size[1] % side == 0
        assert len(set(image.convert("L").tobytes())) > 1


def test_onnx_answers_as_the_model_for_any_batch_size(tmp_path: Path) -> None:
    import onnxruntime

    family = made("dcgan")
    training = {key: module.training for key, module in family.named_modules()}
    report = export_onnx(family, tmp_path / "model.onnx")
    assert report.max_difference <= export.TOLERANCE
    assert {key: module.training for key, module in family.named_modules()} == training
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    for count in (1, 4, 7):
        request = example_request(family, count, seed=9)
        answer = session.run(None, {node.name: getattr(request, node.name).numpy() for node in session.get_inputs()})[0]
        np.testing.assert_allclose(answer, family.generate(request).detach().numpy(), atol=1e-4)


def test_an_onnx_copy_that_differs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "TOLERANCE", -1.0)
    with pytest.raises(UserError, match="differs from the model"):
        write_bundle(tmp_path / "b", made("dcgan"), name="b", kimg=1, onnx=True)
    assert list(tmp_path.iterdir()) == [], "nothing half-written stays"


def test_any_changed_byte_is_refused(copy: Path) -> None:
    for name in ("generator.safetensors", "model.onnx", "card.md", "preview.png"):
        whole = (copy / name).read_bytes()
        (copy / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(UserError, match=f"{name}.*sha256"):
            read_bundle(copy)
        (copy / name).write_bytes(whole)
    read_bundle(copy)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kimg": 9999}, "was changed after"),
        ({"schema_version": 2}, "schema version 2"),
        ({"schema_version": None}, "schema version None"),
        ({"task": "alchemy"}, "is damaged"),
        ({"surprise": 1}, "is damaged"),
        ({"files": {}}, "was changed after"),
    ],
)
def test_a_changed_manifest_is_refused(copy: Path, change: dict[str, object], said: str) -> None:
    content = json.loads((copy / "bundle.json").read_text())
    (copy / "bundle.json").write_text(json.dumps(content | change))
    with pytest.raises(UserError, match=said):
        read_bundle(copy)


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_garbled_manifest_is_one_sentence(copy: Path, garbage: bytes) -> None:
    (copy / "bundle.json").write_bytes(garbage)
    with pytest.raises(UserError, match="again"):
        read_bundle(copy)


def test_missing_and_added_files_are_refused(copy: Path) -> None:
    (copy / "extra.py").write_text("import os")
    with pytest.raises(UserError, match=r"holds extra\.py"):
        read_bundle(copy)
    (copy / "extra.py").unlink()
    (copy / "model.onnx").unlink()
    with pytest.raises(UserError, match=r"lacks model\.onnx"):
        read_bundle(copy)


def test_no_bundle_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no bundle"):
        read_bundle(tmp_path / "nothing")


def test_a_folder_that_is_no_bundle_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(UserError, match="is not a bundle"):
        write_bundle(tmp_path, made("dcgan"), name="b", kimg=1, onnx=False)
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"


def test_writing_again_replaces_the_whole_bundle(copy: Path) -> None:
    write_bundle(copy, made("dcgan", seed=5), name="Better faces", kimg=20, onnx=False)
    assert read_bundle(copy).info.name == "Better faces"
    assert [path.name for path in copy.parent.iterdir()] == ["faces"]


class _Config(FamilyConfig):
    pass


class Tinter(Family):
    """A game whose answer needs a frozen network and a buffer besides the averaged one."""

    task = "paired"
    Config = _Config
    averaged = ("generator",)

    def __init__(self, config: FamilyConfig, data: DataSpec, kimg: float) -> None:
        super().__init__(config, data, kimg)
        self.generator = torch.nn.Conv2d(data.source_channels, data.channels, 1)
        self.encoder = torch.nn.Conv2d(data.channels, data.channels, 1)
        self.critic = torch.nn.Conv2d(data.channels, 1, 1)
        self.pool = torch.nn.Module()
        self.pool.register_buffer("pictures", torch.rand(4, 3, 8, 8))
        self.register_buffer("tint", torch.zeros(1, 3, 1, 1))

    @classmethod
    def tiny(cls) -> tuple[FamilyConfig, DataSpec]:
        return _Config(), DataSpec(resolution=8)

    def stages(self) -> tuple[Stage, ...]:
        return (Stage("all", self.kimg, (Phase("G", ("generator",), lambda b, c: (torch.zeros(()), {})),)),)

    def generate(self, request: TranslationRequest) -> torch.Tensor:
        return torch.tanh(self.encoder(self.generator(request.source)) + self.tint)


def test_networks_and_buffers_an_answer_needs_travel_but_pictures_seen_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAMILIES, "tinter", Tinter)
    family = made("tinter")
    family.tint.fill_(0.5)  # type: ignore[operator,union-attr]
    written = write_bundle(tmp_path / "b", family, name="t", kimg=Clock().total_kimg, onnx=False)
    assert set(written.info.parameters) == {"generator", "encoder"}
    assert b"pictures" not in (tmp_path / "b" / "state.safetensors").read_bytes()
    request = example_request(family, 2)
    torch.testing.assert_close(read_bundle(tmp_path / "b").load_family().generate(request), family.generate(request))


def test_weights_that_do_not_fit_are_one_sentence(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = read_bundle(copy)
    monkeypatch.setitem(FAMILIES, "dcgan", Tinter)
    object.__setattr__(opened, "info", opened.info.model_copy(update={"config": {}}))
    with pytest.raises(UserError, match="do not fit"):
        opened.load_family()


def test_a_bundle_from_before_a_setting_was_invented_is_whole(copy: Path) -> None:
    manifest = copy / "bundle.json"
    content = json.loads(manifest.read_text())
    content.pop("fingerprint")
    del content["data"]["flip"]  # as if pictures could not be mirrored yet when it was written
    older = content | {"fingerprint": fingerprint_of(content)}
    manifest.write_text(json.dumps(older))
    assert read_bundle(copy).info.data.flip


def test_a_bundle_that_declares_no_use_is_completed(copy: Path) -> None:
    manifest = copy / "bundle.json"
    content = json.loads(manifest.read_text())
    declared = {key: content.pop(key) for key in ("page", "accepts", "capabilities", "drawing_direction", "summary")}
    content.pop("fingerprint")
    stated = fingerprint_of(content)
    manifest.write_text(json.dumps(content | {"fingerprint": stated}))
    opened = read_bundle(copy)
    assert opened.fingerprint == stated
    assert {key: opened.info.model_dump(mode="json")[key] for key in declared} == declared


def test_training_pictures_say_where_drawings_are_taken(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("one", "two"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(4):
            pixels = rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)
            if name == "two":
                pixels = np.full_like(pixels, 250)
                pixels[8:20, 4 * number : 4 * number + 2] = 20
            Image.fromarray(pixels).save(tmp_path / "pictures" / name / f"{number}.png")
    pictures = Dataset(pack(tmp_path / "pictures", resolution=32).path)
    family = made("cyclegan")
    info = write_bundle(tmp_path / "b", family, name="b", kimg=1, onnx=False, pictures=pictures).info
    assert (info.drawing_direction, info.page, info.accepts) == ("b_to_a", "translate", ("picture", "drawing"))
    assert read_bundle(tmp_path / "b").info == info
    recipe = {"data": {"drawing_domain": "a"}}
    declared = write_bundle(tmp_path / "c", family, name="c", kimg=1, onnx=False, pictures=pictures, recipe=recipe).info
    assert declared.drawing_direction == "a_to_b"
